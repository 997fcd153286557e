-- Purpose: The given containers, what was split from them and what they were merged into, and so on from there, the given
--          ones being level 1: 20 levels, and a 21st by which the caller knows what was cut. Both tables are read once
--          for all levels.
-- Binds:   ids list
-- Columns: CONTAINERID text, WALK_LEVEL whole, CONTAINERNAME text, MFGORDERNAME text, FIRSTNAME text, OBJECTTYPE text,
--          ORIGINALCONTAINERID text, SPLITFROMID text
-- Order:   CONTAINERID
-- Slow:    yes
with recursive link as materialized (
  {{ split-links }}
  union all
  select rtrim(CONTAINERID), rtrim(LOTID)
  from DWH.DW_MES_PJ_COMBINEDASSYLOTS
  where rtrim(CONTAINERID) <> ''
    and rtrim(LOTID) <> ''
    and rtrim(CONTAINERID) <> rtrim(LOTID)
),
{{ descendant-walk }}
select
  r.CONTAINERID,
  r.WALK_LEVEL,
  {{ container-columns }}
from reached r
left join DWH.DW_MES_CONTAINER c on c.CONTAINERID = r.CONTAINERID
