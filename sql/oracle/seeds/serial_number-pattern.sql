-- Purpose: Containers whose serial number matches a LIKE pattern (escape `\`), case-sensitive, padding trimmed, each from
--          its best source: the first `most` of them by source and name.
-- Binds:   pattern text, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID
-- Slow:    yes
with {{ seed-serial-number }},
best as (
  select CONTAINERID, CONTAINERNAME, MATCHED, PRIORITY
  from (
    select
      candidate.*,
      row_number() over (partition by CONTAINERID order by PRIORITY, MATCHED, CONTAINERNAME nulls last) as CHOICE
    from candidate
    where MATCHED like :pattern escape '\'
  )
  where CHOICE = 1
),
{{ seed-serial-found }}
{{ seed-pattern }}
