-- Purpose: Containers whose order is one of the given GD orders, in any case, padding trimmed.
-- Binds:   names list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole, MATCHES whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID, MATCHED
-- Slow:    yes
with {{ seed-gd-work-order }},
found as (
  select * from candidate where MATCHED in (select upper(unnest($names)))
),
{{ seed-exact }}
