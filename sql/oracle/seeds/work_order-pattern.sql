-- Purpose: Containers whose GA or GC order matches a LIKE pattern (escape `\`), in any case, padding trimmed: the first
--          `most` of them by name.
-- Binds:   pattern text, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID
-- Slow:    yes
with {{ seed-work-order }},
found as (
  select candidate.* from candidate where MATCHED like upper(:pattern) escape '\'
)
{{ seed-pattern }}
