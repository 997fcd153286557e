-- The ids of the range, once: CHAR(16) without padding.
range_ids as materialized (
  select distinct unnest($ids) as CONTAINERID
)
