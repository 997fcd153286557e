-- The containers that the selection `selected` names: the same as container-of-range, for rows that were not found by
-- ids.
lot as (
  select CONTAINERID, CONTAINERNAME, OBJECTTYPE, PJ_TYPE, PJ_BOP, PRODUCTLINENAME, FIRSTNAME
  from DWH.DW_MES_CONTAINER
  where CONTAINERID in (select CONTAINERID from selected)
)
