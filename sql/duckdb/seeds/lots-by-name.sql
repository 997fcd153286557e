-- Purpose: Containers whose name is one of the given ones, case-sensitive, padding trimmed.
-- Binds:   names list
-- Columns: CONTAINERID text, CONTAINERNAME text, SPECNAME text, QTY whole
-- Order:   CONTAINERNAME, CONTAINERID
select
  CONTAINERID,
  rtrim(CONTAINERNAME) as CONTAINERNAME,
  SPECNAME,
  QTY
from DWH.DW_MES_CONTAINER
where CONTAINERID is not null
  and case when suffix(CONTAINERNAME, ' ') then rtrim(CONTAINERNAME) else CONTAINERNAME end in (select unnest($names))
