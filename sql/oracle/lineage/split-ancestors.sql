-- Purpose: The given containers and what they were split from, at most 20 levels up, the given ones being level 1. Every
--          container comes once, with its least level. NOCYCLE gives every path, and of a tail that runs into a cycle
--          it leaves out the last container: parents are taken from the rows that name them as well. A parent that is
--          null or the container itself is none; a parent without a row of its own comes with nulls.
-- Binds:   ids list
-- Parts:   least SPLIT_LEVEL of CONTAINERID
-- Columns: CONTAINERID text, SPLIT_LEVEL whole, CONTAINERNAME text, MFGORDERNAME text, FIRSTNAME text, OBJECTTYPE text,
--          ORIGINALCONTAINERID text, SPLITFROMID text
-- Order:   CONTAINERID
with walked as (
  select rtrim(c.CONTAINERID) as CONTAINERID, rtrim(c.SPLITFROMID) as PARENTID, level as SPLIT_LEVEL
  from DWH.DW_MES_CONTAINER c
  start with c.CONTAINERID in ({{ list ids }})
  connect by nocycle c.CONTAINERID = prior rtrim(c.SPLITFROMID) and level <= 20
),
chain as (
  select ID as CONTAINERID, 1 as SPLIT_LEVEL from ({{ rows ids }})
  union all
  select CONTAINERID, SPLIT_LEVEL from walked
  union all
  select PARENTID, SPLIT_LEVEL + 1 from walked where SPLIT_LEVEL < 20 and PARENTID <> CONTAINERID
),
reached as (
  select CONTAINERID, min(SPLIT_LEVEL) as SPLIT_LEVEL
  from chain
  group by CONTAINERID
)
select
  r.CONTAINERID,
  r.SPLIT_LEVEL,
  {{ container-columns }}
from reached r
left join DWH.DW_MES_CONTAINER c on c.CONTAINERID = r.CONTAINERID
