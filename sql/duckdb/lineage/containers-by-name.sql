-- Purpose: Containers that bear one of the given names, such as the wafer lots that other containers name.
-- Binds:   names list
-- Columns: CONTAINERID text, CONTAINERNAME text, MFGORDERNAME text, FIRSTNAME text, OBJECTTYPE text,
--          ORIGINALCONTAINERID text, SPLITFROMID text
-- Order:   CONTAINERID
select
  c.CONTAINERID,
  {{ container-columns }}
from DWH.DW_MES_CONTAINER c
where c.CONTAINERID is not null
  and case when suffix(c.CONTAINERNAME, ' ') then rtrim(c.CONTAINERNAME) else c.CONTAINERNAME end in (select unnest($names))
