-- Purpose: The given containers and what was split from them, the given ones being level 1: 20 levels, and a 21st by which
--          the caller knows what was cut. SPLITFROMID has no index: the splits are read once, and walked from there. A
--          container has one parent, so NOCYCLE gives a path only for each of the given ones above it.
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
walked as (
  select rtrim(CHILDID) as CONTAINERID, level as SPLIT_COUNT
  from link
  start with PARENTID in ({{ list ids }})
  connect by nocycle PARENTID = prior CHILDID and level <= 20
),
chain as (
  select ID as CONTAINERID, 1 as WALK_LEVEL from ({{ rows ids }})
  union all
  select CONTAINERID, SPLIT_COUNT + 1 from walked
),
reached as (
  select CONTAINERID, min(WALK_LEVEL) as WALK_LEVEL
  from chain
  group by CONTAINERID
)
select
  r.CONTAINERID,
  r.WALK_LEVEL,
  {{ container-columns }}
from reached r
left join DWH.DW_MES_CONTAINER c on c.CONTAINERID = r.CONTAINERID
