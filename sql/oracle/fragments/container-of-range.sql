-- The containers of the range by id, as the other tables are joined to them.
lot as (
  select CONTAINERID, CONTAINERNAME, OBJECTTYPE, PJ_TYPE, PJ_BOP, PRODUCTLINENAME, FIRSTNAME
  from DWH.DW_MES_CONTAINER
  where CONTAINERID in ({{ list ids }})
)
