-- Purpose: Containers that bear one of the given names, such as the wafer lots that other containers name. A name is
--          looked for between itself and itself with 40 blanks behind: in the index on CONTAINERNAME, padded or not. By
--          rtrim alone every container would be read.
-- Binds:   names list
-- Parts:   rows
-- Columns: CONTAINERID text, CONTAINERNAME text, MFGORDERNAME text, FIRSTNAME text, OBJECTTYPE text,
--          ORIGINALCONTAINERID text, SPLITFROMID text
-- Order:   CONTAINERID
select /*+ leading(n) no_merge(n) use_nl(c) index(c (CONTAINERNAME)) */
  c.CONTAINERID,
  {{ container-columns }}
from (select distinct ID as NAME from ({{ rows names }})) n
join DWH.DW_MES_CONTAINER c
  on c.CONTAINERNAME between n.NAME and n.NAME || rpad(' ', 40)
  and rtrim(c.CONTAINERNAME) = n.NAME
where c.CONTAINERID is not null
