-- Purpose: The given containers and what was split from them, the given ones being level 1: 20 levels, and a 21st by which
--          the caller knows what was cut. SPLITFROMID has no index: the splits are read once, and walked from there.
-- Binds:   ids list
-- Parts:   least WALK_LEVEL of CONTAINERID
-- Columns: CONTAINERID text, WALK_LEVEL whole, CONTAINERNAME text, MFGORDERNAME text, FIRSTNAME text, OBJECTTYPE text,
--          ORIGINALCONTAINERID text, SPLITFROMID text
-- Order:   CONTAINERID
-- Slow:    yes
with link as (
  select /*+ materialize */ PARENTID, CHILDID
  from (
  {{ split-links }}
  )
),
{{ descendant-walk }}
select
  r.CONTAINERID,
  r.WALK_LEVEL,
  {{ container-columns }}
from reached r
left join DWH.DW_MES_CONTAINER c on c.CONTAINERID = r.CONTAINERID
