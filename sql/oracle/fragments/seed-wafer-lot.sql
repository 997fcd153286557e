-- wafer_lot: lots by the name of their wafer lot (FIRSTNAME), case-sensitive. FIRSTNAME has no index: one scan.
candidate as (
  select
    CONTAINERID,
    CONTAINERNAME,
    rtrim(FIRSTNAME) as MATCHED,
    0 as PRIORITY,
    SPECNAME,
    QTY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and rtrim(OBJECTTYPE) = 'LOT'
)
