-- lot_id: any container by its name, case-sensitive.
candidate as (
  select
    CONTAINERID,
    CONTAINERNAME,
    rtrim(CONTAINERNAME) as MATCHED,
    0 as PRIORITY,
    SPECNAME,
    QTY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
)
