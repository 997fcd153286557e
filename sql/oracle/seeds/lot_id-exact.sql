-- Purpose: Containers whose name is one of the given ones, case-sensitive, padding trimmed. A name is looked for between
--          itself and itself with 40 blanks behind: in the index on CONTAINERNAME, padded or not. By rtrim alone every
--          container would be read.
-- Binds:   names list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole, MATCHES whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID, MATCHED
with {{ seed-lot-id }},
found as (
  select /*+ leading(n) no_merge(n) use_nl(c) index(c (CONTAINERNAME)) */ c.*
  from (select distinct ID as NAME from ({{ rows names }})) n
  join candidate c
    on c.CONTAINERNAME between n.NAME and n.NAME || rpad(' ', 40)
    and c.MATCHED = n.NAME
),
{{ seed-exact }}
