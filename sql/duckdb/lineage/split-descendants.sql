-- Purpose: The given containers and what was split from them, the given ones being level 1: 20 levels, and a 21st by which
--          the caller knows what was cut. Nothing finds children by their parent, so the table is read once for all
--          levels, not once a level.
-- Binds:   ids list
-- Columns: CONTAINERID text, WALK_LEVEL whole, CONTAINERNAME text, MFGORDERNAME text, FIRSTNAME text, OBJECTTYPE text,
--          ORIGINALCONTAINERID text, SPLITFROMID text
-- Order:   CONTAINERID
-- Slow:    yes
with recursive link as materialized (
  {{ split-links }}
),
{{ descendant-walk }}
select
  r.CONTAINERID,
  r.WALK_LEVEL,
  {{ container-columns }}
from reached r
left join DWH.DW_MES_CONTAINER c on c.CONTAINERID = r.CONTAINERID
