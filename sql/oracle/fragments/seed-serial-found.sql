-- The rows of `best` with data of the container; a merge may name one that has no row of its own.
found as (
  select
    b.CONTAINERID,
    coalesce(c.CONTAINERNAME, b.CONTAINERNAME) as CONTAINERNAME,
    b.MATCHED,
    b.PRIORITY,
    c.SPECNAME,
    c.QTY
  from best b
  left join DWH.DW_MES_CONTAINER c on c.CONTAINERID = b.CONTAINERID
)
