-- The ids of the range as rows, once each: CHAR(16) without padding.
range_ids as (
  select distinct ID as CONTAINERID
  from ({{ rows ids }})
)
