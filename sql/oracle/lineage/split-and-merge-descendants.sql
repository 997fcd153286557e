-- Purpose: The given containers, what was split from them and what they were merged into, and so on from there, the given
--          ones being level 1: 20 levels, and a 21st by which the caller knows what was cut. Neither SPLITFROMID nor LOTID
--          has an index: both tables are read once, and walked from there. There is no form with CONNECT BY: it follows
--          every path, and where lots are split and merged again their number doubles with each turn.
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
  union all
  select rtrim(CONTAINERID), rtrim(LOTID)
  from DWH.DW_MES_PJ_COMBINEDASSYLOTS
  where rtrim(CONTAINERID) is not null
    and rtrim(LOTID) is not null
    and rtrim(CONTAINERID) <> rtrim(LOTID)
  )
),
{{ descendant-walk }}
select
  r.CONTAINERID,
  r.WALK_LEVEL,
  {{ container-columns }}
from reached r
left join DWH.DW_MES_CONTAINER c on c.CONTAINERID = r.CONTAINERID
