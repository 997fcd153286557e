-- lot_id: any container by its name, case-sensitive. Hardly a name is padded, and asking for that is cheaper than `rtrim`.
candidate as not materialized (
  select
    CONTAINERID,
    CONTAINERNAME,
    case when suffix(CONTAINERNAME, ' ') then rtrim(CONTAINERNAME, ' ') else CONTAINERNAME end as MATCHED,
    0 as PRIORITY,
    SPECNAME,
    QTY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
)
