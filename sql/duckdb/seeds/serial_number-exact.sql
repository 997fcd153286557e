-- Purpose: Containers that one of the given serial numbers means, case-sensitive, padding trimmed; of several sources
--          that name a container by the same number, the best one.
-- Binds:   names list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole, MATCHES whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID, MATCHED
-- Slow:    yes
with {{ seed-serial-number }},
best as (
  select *
  from candidate
  where MATCHED in (select unnest($names))
  qualify row_number() over (partition by CONTAINERID, MATCHED order by PRIORITY, CONTAINERNAME nulls last) = 1
),
{{ seed-serial-found }},
{{ seed-exact }}
