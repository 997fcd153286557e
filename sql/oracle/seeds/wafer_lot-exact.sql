-- Purpose: Lots whose wafer lot is one of the given names, case-sensitive, padding trimmed.
-- Binds:   names list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole, MATCHES whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID, MATCHED
-- Slow:    yes
with {{ seed-wafer-lot }},
found as (
  select candidate.* from candidate where MATCHED in (select ID from ({{ rows names }}))
),
{{ seed-exact }}
