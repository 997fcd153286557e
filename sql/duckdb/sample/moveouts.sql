-- Purpose: DW_MES_HM_LOTMOVEOUT of one slice: one row a split and one a source of a combination.
-- Needs:   tables slot, merge.
-- Order:   by container.

insert into DWH.DW_MES_HM_LOTMOVEOUT by name
with movement as (
  select
    child.number,
    0 as turn,
    'SplitLot' as action,
    case child.kind when 'lot' then 'AssemblyMotherLotSchePrep' else 'LotSplit' end as caller,
    child.id,
    child.name,
    parent.id as from_id,
    parent.name as from_name,
    child.qty,
    child.starts_at + to_seconds(child.turn * 1800 + child.step_from * 39600) as moved_at
  from slot as child
  join slot as parent on parent.block = child.block and parent.slot = child.parent_slot
  where child.is_new
  union all
  select
    to_number,
    1 + turn % 4 * 8 + source,
    'CombineLot',
    'PJ_TMTTCombine',
    to_id,
    to_name,
    from_id,
    from_name,
    from_qty,
    merged_at
  from merge
)
select
  row_id(816, number * 64 + turn) as HISTORYMAINLINEID,
  row_id(817, number * 64 + turn) as HISTORYID,
  action as CDONAME,
  caller as CALLBYCDONAME,
  id as CONTAINERID,
  name as CONTAINERNAME,
  mostly(from_id, chance('move', number * 64 + turn), 997) as FROMCONTAINERID,
  padded(from_name, chance('move', number * 64 + turn), 23) as FROMCONTAINERNAME,
  qty as QTY,
  moved_at as TXNDATE
from movement
order by number, turn;
