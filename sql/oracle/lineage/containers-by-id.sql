-- Purpose: The given containers, as far as they exist.
-- Binds:   ids list
-- Parts:   rows
-- Columns: CONTAINERID text, CONTAINERNAME text, MFGORDERNAME text, FIRSTNAME text, OBJECTTYPE text,
--          ORIGINALCONTAINERID text, SPLITFROMID text
-- Order:   CONTAINERID
select
  c.CONTAINERID,
  {{ container-columns }}
from DWH.DW_MES_CONTAINER c
where c.CONTAINERID in ({{ list ids }})
