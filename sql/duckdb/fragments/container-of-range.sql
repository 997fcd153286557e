-- The containers of the range by id, as the other tables are joined to them. Needs range_ids and the span `container`.
container as (
  select CONTAINERID, CONTAINERNAME, OBJECTTYPE, PJ_TYPE, PJ_BOP, PRODUCTLINENAME, FIRSTNAME
  from DWH.DW_MES_CONTAINER
  where rowid between $container_from and $container_to
    and CONTAINERID between $ids_first and $ids_last
    and CONTAINERID in (select CONTAINERID from range_ids)
)
