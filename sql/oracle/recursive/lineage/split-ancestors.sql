-- Purpose: The given containers and what they were split from, at most 20 levels up, the given ones being level 1. Every
--          container comes once, with its least level. The walk gives every path and ends it at a cycle. A parent that
--          is null or the container itself is none; a parent without a row of its own comes with nulls.
-- Binds:   ids list
-- Parts:   least SPLIT_LEVEL of CONTAINERID
-- Columns: CONTAINERID text, SPLIT_LEVEL whole, CONTAINERNAME text, MFGORDERNAME text, FIRSTNAME text, OBJECTTYPE text,
--          ORIGINALCONTAINERID text, SPLITFROMID text
-- Order:   CONTAINERID
with chain (CONTAINERID, SPLIT_LEVEL) as (
  select ID, 1 from (select distinct ID from ({{ rows ids }}))
  union all
  select rtrim(c.SPLITFROMID), chain.SPLIT_LEVEL + 1
  from chain
  join DWH.DW_MES_CONTAINER c on c.CONTAINERID = chain.CONTAINERID
  where chain.SPLIT_LEVEL < 20
    and rtrim(c.SPLITFROMID) is not null
    and rtrim(c.SPLITFROMID) <> c.CONTAINERID
)
cycle CONTAINERID set IS_CYCLE to 'Y' default 'N',
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
