-- Purpose: Lots whose wafer lot matches a LIKE pattern (escape `\`), case-sensitive, padding trimmed: the first `most` of
--          them by name.
-- Binds:   pattern text, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID
-- Slow:    yes
with {{ seed-wafer-lot }},
found as (
  select candidate.* from candidate where MATCHED like :pattern escape '\'
)
{{ seed-pattern }}
