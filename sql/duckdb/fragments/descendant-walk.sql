-- The given containers and what `link` (PARENTID, CHILDID) leads down to from them: each once, with its least level. The
-- walk keeps a set of (container, level), so a shared descendant is followed once a level and a cycle ends.
chain (CONTAINERID, WALK_LEVEL) as (
  select unnest($ids), 1
  union
  select link.CHILDID, chain.WALK_LEVEL + 1
  from chain
  join link on link.PARENTID = chain.CONTAINERID
  where chain.WALK_LEVEL < 21
),
reached as (
  select CONTAINERID, min(WALK_LEVEL) as WALK_LEVEL
  from chain
  group by CONTAINERID
)
