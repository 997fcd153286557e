-- serial_number: the three texts that may hold one, by priority: the FINISHEDNAME of what a container was merged into
-- (`Unknown` is none), the name of a lot, the wafer lot of a lot. CONTAINERNAME is the name as the source has it.
candidate as (
  select
    rtrim(CONTAINERID) as CONTAINERID,
    CONTAINERNAME,
    rtrim(FINISHEDNAME) as MATCHED,
    0 as PRIORITY
  from DWH.DW_MES_PJ_COMBINEDASSYLOTS
  where rtrim(CONTAINERID) is not null
    and upper(rtrim(FINISHEDNAME)) <> 'UNKNOWN'
  union all
  select
    CONTAINERID,
    CONTAINERNAME,
    rtrim(CONTAINERNAME) as MATCHED,
    1 as PRIORITY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and rtrim(OBJECTTYPE) = 'LOT'
  union all
  select
    CONTAINERID,
    CONTAINERNAME,
    rtrim(FIRSTNAME) as MATCHED,
    2 as PRIORITY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and rtrim(OBJECTTYPE) = 'LOT'
)
