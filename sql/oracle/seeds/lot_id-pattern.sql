-- Purpose: Containers whose name matches a LIKE pattern (escape `\`), case-sensitive, padding trimmed: the first `most`
--          of them by name. The pattern with anything behind it finds them in the index on CONTAINERNAME, padded or not.
-- Binds:   pattern text, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID
-- Slow:    yes
with {{ seed-lot-id }},
found as (
  select candidate.*
  from candidate
  where CONTAINERNAME like :pattern || '%' escape '\'
    and MATCHED like :pattern escape '\'
)
{{ seed-pattern }}
