-- Purpose: Containers whose name is one of the given ones, case-sensitive, padding trimmed. A name is looked for between
--          itself and itself with 40 blanks behind: in the index on CONTAINERNAME, padded or not. By rtrim alone every
--          container would be read. The table stands here, not in seed-lot-id: a hint does not reach into a WITH.
-- Binds:   names list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole, MATCHES whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID, MATCHED
with found as (
  select /*+ leading(n) no_merge(n) use_nl(c) index(c (CONTAINERNAME)) */
    c.CONTAINERID,
    c.CONTAINERNAME,
    n.NAME as MATCHED,
    0 as PRIORITY,
    c.SPECNAME,
    c.QTY
  from (select distinct ID as NAME from ({{ rows names }})) n
  join DWH.DW_MES_CONTAINER c
    on c.CONTAINERNAME between n.NAME and n.NAME || rpad(' ', 40)
    and rtrim(c.CONTAINERNAME) = n.NAME
  where c.CONTAINERID is not null
),
{{ seed-exact }}
