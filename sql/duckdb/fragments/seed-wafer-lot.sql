-- wafer_lot: lots by the name of their wafer lot (FIRSTNAME), case-sensitive.
candidate as not materialized (
  select
    CONTAINERID,
    CONTAINERNAME,
    case when suffix(FIRSTNAME, ' ') then rtrim(FIRSTNAME, ' ') else FIRSTNAME end as MATCHED,
    0 as PRIORITY,
    SPECNAME,
    QTY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and case when suffix(OBJECTTYPE, ' ') then rtrim(OBJECTTYPE, ' ') else OBJECTTYPE end = 'LOT'
)
