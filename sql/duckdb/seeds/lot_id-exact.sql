-- Purpose: Containers whose name is one of the given ones, case-sensitive, padding trimmed.
-- Binds:   names list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole, MATCHES whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID, MATCHED
with {{ seed-lot-id }},
found as (
  select * from candidate where MATCHED in (select unnest($names))
),
{{ seed-exact }}
