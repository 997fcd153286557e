-- Purpose: Containers whose name matches a LIKE pattern (escape `\`), case-sensitive, padding trimmed: the first `most`
--          of them by name.
-- Binds:   pattern text, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, SPECNAME text, QTY whole
-- Order:   CONTAINERNAME, CONTAINERID
select
  CONTAINERID,
  rtrim(CONTAINERNAME) as CONTAINERNAME,
  SPECNAME,
  QTY
from DWH.DW_MES_CONTAINER
where CONTAINERID is not null
  and case when suffix(CONTAINERNAME, ' ') then rtrim(CONTAINERNAME) else CONTAINERNAME end like $pattern escape '\'
order by rtrim(CONTAINERNAME), CONTAINERID
limit $most
