-- Purpose: Containers whose name matches a LIKE pattern (escape `\`), case-sensitive, padding trimmed: the first `most`
--          of them by name. The pattern with anything behind it finds them in the index on CONTAINERNAME, padded or not.
-- Binds:   pattern text, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, SPECNAME text, QTY whole
-- Order:   CONTAINERNAME, CONTAINERID
select CONTAINERID, CONTAINERNAME, SPECNAME, QTY
from (
  select
    c.CONTAINERID,
    rtrim(c.CONTAINERNAME) as CONTAINERNAME,
    c.SPECNAME,
    c.QTY
  from DWH.DW_MES_CONTAINER c
  where c.CONTAINERID is not null
    and c.CONTAINERNAME like :pattern || '%' escape '\'
    and rtrim(c.CONTAINERNAME) like :pattern escape '\'
  order by rtrim(c.CONTAINERNAME), c.CONTAINERID
)
where rownum <= :most
