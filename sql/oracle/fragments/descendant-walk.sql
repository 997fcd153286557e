-- The given containers and what `link` (PARENTID, CHILDID) leads down to from them: each once, with its least level. A
-- recursive WITH keeps every row, not a set: a container that is reached in several ways gets a CHOICE for each of them,
-- and only the first is followed, so a shared descendant is followed once a level. CYCLE ends a way at a container that
-- stands in it already; that one was reached before with a lower level.
chain (CONTAINERID, WALK_LEVEL, CHOICE) as (
  select ID, 1, 1 from (select distinct ID from ({{ rows ids }}))
  union all
  select
    rtrim(link.CHILDID),
    chain.WALK_LEVEL + 1,
    row_number() over (partition by rtrim(link.CHILDID), chain.WALK_LEVEL order by chain.CONTAINERID)
  from chain
  join link on link.PARENTID = chain.CONTAINERID
  where chain.WALK_LEVEL < 21
    and chain.CHOICE = 1
)
cycle CONTAINERID set IS_CYCLE to 'Y' default 'N',
reached as (
  select CONTAINERID, min(WALK_LEVEL) as WALK_LEVEL
  from chain
  group by CONTAINERID
)
