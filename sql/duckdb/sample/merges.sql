-- Purpose: DW_MES_PJ_COMBINEDASSYLOTS of one slice, and what it says of combinations in later statements.
-- Needs:   tables slot, block.
-- Order:   by LOTID, which merges are looked up by.
-- Traps:   the same source twice in a target, one source in several targets, sources of another order, targets that are
--          themselves splits, FINISHEDNAME `Unknown` or null, null ids.

create or replace temp table merge as
with
target as (
  -- The combined lots of a block, and two of its splits.
  select
    block.block,
    turn,
    case
      when turn < combined then first_combined + turn
      else first_split + chance('target', block.block * 2) % splits
    end as target_slot,
    first_combined,
    chance('merge', block.block * 64 + turn) as fate
  from block
  cross join lateral (select unnest(range(combined + 2)) as turn)
  where block.block between getvariable('first_block') and getvariable('end_block') - 1
),
pair as (
  select
    *,
    case when (fate // 8 + source) % 25 = 0 then block - 1 else block end as source_block,
    3 + (turn * 6 + source + (fate // 8) % 3 * source) % (first_combined - 3) as source_slot
  from (select *, unnest(range(2 + fate % 4)) as source from target)
)
select
  pair.*,
  to_slot.number as to_number,
  to_slot.id as to_id,
  to_slot.name as to_name,
  to_slot.order_of,
  to_slot.starts_at + to_seconds(to_slot.turn * 1800 + 16 * 39600) as merged_at,
  from_slot.id as from_id,
  from_slot.name as from_name,
  from_slot.qty as from_qty
from pair
join slot as to_slot on to_slot.block = pair.block and to_slot.slot = pair.target_slot
join slot as from_slot on from_slot.block = pair.source_block and from_slot.slot = pair.source_slot
order by to_number, turn, source;

insert into DWH.DW_MES_PJ_COMBINEDASSYLOTS by name
select
  row_id(704, to_number * 32 + turn % 4 * 8 + source) as PJ_COMBINEDASSEMBLYLOTSID,
  mostly(from_id, fate // 16, 9973) as CONTAINERID,
  padded(from_name, fate + source, 17) as CONTAINERNAME,
  mostly(to_id, fate // 16, 7919) as LOTID,
  case when fate % 37 = 0 then 'Unknown' else mostly(to_name, fate, 113) end as FINISHEDNAME,
  mostly(order_of, fate, 109) as PJ_WORKORDER,
  case when fate % 3 = 0 then fate % 500 end as PJ_EXCESSLOTQTY,
  from_qty - fate % 97 as PJ_GOODDIEQTY,
  mostly(from_qty, fate, 127) as PJ_ORIGINALGOODDIEQTY,
  mostly([1, 1, 1, 0.5, 0.333333, 0.0625][1 + (fate // 8 + source) % 6], fate, 131) as PJ_COMBINEDRATIO,
  mostly(merged_at, fate, 137) as ORIGINALSTARTDATE
from merge
order by to_number, turn, source;
