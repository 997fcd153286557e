-- serial_number: the three texts that may hold one, by priority: the FINISHEDNAME of what a container was merged into
-- (`Unknown` is none), the name of a lot, the wafer lot of a lot. CONTAINERNAME is the name as the source has it.
candidate as not materialized (
  select
    case when suffix(CONTAINERID, ' ') then rtrim(CONTAINERID, ' ') else CONTAINERID end as CONTAINERID,
    CONTAINERNAME,
    case when suffix(FINISHEDNAME, ' ') then rtrim(FINISHEDNAME, ' ') else FINISHEDNAME end as MATCHED,
    0 as PRIORITY
  from DWH.DW_MES_PJ_COMBINEDASSYLOTS
  where case when suffix(CONTAINERID, ' ') then rtrim(CONTAINERID, ' ') else CONTAINERID end <> ''
    and not (FINISHEDNAME ilike 'unknown%' and upper(rtrim(FINISHEDNAME, ' ')) = 'UNKNOWN')
  union all
  select
    CONTAINERID,
    CONTAINERNAME,
    case when suffix(CONTAINERNAME, ' ') then rtrim(CONTAINERNAME, ' ') else CONTAINERNAME end as MATCHED,
    1 as PRIORITY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and case when suffix(OBJECTTYPE, ' ') then rtrim(OBJECTTYPE, ' ') else OBJECTTYPE end = 'LOT'
  union all
  select
    CONTAINERID,
    CONTAINERNAME,
    case when suffix(FIRSTNAME, ' ') then rtrim(FIRSTNAME, ' ') else FIRSTNAME end as MATCHED,
    2 as PRIORITY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and case when suffix(OBJECTTYPE, ' ') then rtrim(OBJECTTYPE, ' ') else OBJECTTYPE end = 'LOT'
)
