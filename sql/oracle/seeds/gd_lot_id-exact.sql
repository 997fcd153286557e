-- Purpose: GD containers whose name is one of the given ones, in any case, padding trimmed.
-- Binds:   names list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole, MATCHES whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID, MATCHED
-- Slow:    yes
with {{ seed-gd-lot-id }},
found as (
  select candidate.* from candidate where MATCHED in (select upper(ID) from ({{ rows names }}))
),
{{ seed-exact }}
