-- Purpose: DW_MES_HOLDRELEASEHISTORY of one slice.
-- Needs:   table load (history.sql).
-- Order:   by container and step.
-- Traps:   holds not released; FUTUREHOLDCOMMENTS is empty once released; comments with anything in them.

insert into DWH.DW_MES_HOLDRELEASEHISTORY by name
with held as (
  select
    *,
    chance('hold', number * 32 + step) as draw,
    draw // 250 as hold_fate,
    is_last and status = 2 as is_open,
    track_in - to_seconds(60 + hold_fate % 3000) as held_at,
    pick(getvariable('comments'), hold_fate // 16) as comment
  from load
  where is_open or draw % 250 = 0
)
select
  row_id(768, number * 32 + step) as HISTORYMAINLINEID,
  id as CONTAINERID,
  mostly(order_of, hold_fate, 29) as PJ_WORKORDER,
  mostly(workcenter, hold_fate, 31) as WORKCENTERNAME,
  mostly(spec, hold_fate, 37) as FROMSPECNAME,
  mostly(qty, hold_fate, 41) as QTY,
  held_at as HOLDTXNDATE,
  case when not is_open then held_at + to_seconds(600 + hold_fate % 600000) end as RELEASETXNDATE,
  mostly(pick(getvariable('employees'), hold_fate // 2), hold_fate, 43) as HOLDEMP,
  mostly(pick(getvariable('departments'), hold_fate // 4), hold_fate, 47) as HOLDEMPDEPTNAME,
  comment as HOLDCOMMENTS,
  mostly(pick(getvariable('hold_reasons'), hold_fate // 8), hold_fate, 53) as HOLDREASONNAME,
  case when not is_open then mostly(pick(getvariable('employees'), hold_fate // 32), hold_fate, 43) end as RELEASEEMP,
  case when not is_open and hold_fate % 3 > 0 then pick(getvariable('comments'), hold_fate // 64) end
    as RELEASECOMMENTS,
  case when not is_open then pick(getvariable('release_reasons'), hold_fate // 128) end as RELEASEREASONNAME,
  case when hold_fate % 5 = 0 then format('NCR-{:06d}', hold_fate % 1000000) end as NCRID,
  case when is_open then '待放行：' || comment end as FUTUREHOLDCOMMENTS
from held
order by number, step;
