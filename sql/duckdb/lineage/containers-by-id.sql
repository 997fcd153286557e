-- Purpose: The given containers, as far as they exist.
-- Binds:   ids list
-- Columns: CONTAINERID text, CONTAINERNAME text, MFGORDERNAME text, FIRSTNAME text, OBJECTTYPE text,
--          ORIGINALCONTAINERID text, SPLITFROMID text
-- Order:   CONTAINERID
select
  c.CONTAINERID,
  {{ container-columns }}
from DWH.DW_MES_CONTAINER c
where c.CONTAINERID between $ids_first and $ids_last
  and c.CONTAINERID in (select unnest($ids))
