-- Purpose: DW_MES_LOTWIPHISTORY of one slice.
-- Needs:   tables slot, station.
-- Order:   by container, step and part.
-- Traps:   partial track-outs (one load in several rows, TRACKINQTY falling), some of them with diverging columns;
--          checkpoints without EQUIPMENTID; loads still open; null CONTAINERID, track-in and names.

create or replace temp table load as
select
  slot.number,
  slot.id,
  slot.block,
  slot.name,
  slot.order_of,
  slot.package,
  slot.workflow,
  slot.product_name,
  slot.wafer,
  slot.status,
  station.* exclude (share),
  step = slot.step_to - 1 as is_last,
  chance('load', slot.number * 32 + step) as fate,
  slot.qty - slot.qty * step // 400 as qty,
  step_start(slot.starts_at, slot.turn, slot.number, step) as track_in,
  machine_at(slot.block, slot.number, step, station.machines) as machine
from slot
join station
  on station.step >= slot.step_from and station.step < slot.step_to
  and chance('route', slot.block * 32 + station.step) % 1000 < station.share
where slot.is_new
order by slot.number, station.step;

insert into DWH.DW_MES_LOTWIPHISTORY by name
with part as (
  select
    *,
    case when family is not null and fate % 6 = 0 then 2 + fate // 8 % 4 else 1 end as parts,
    unnest(range(parts)) as part,
    3600 + fate % 25200 as duration,
    chance('part', (number * 32 + step) * 8 + part) as part_fate
  from load
)
select
  row_id(720 + part, number * 32 + step) as WIPLOTHISTORYID,
  mostly(id, part_fate, 19997) as CONTAINERID,
  order_of as PJ_WORKORDER,
  case when parts > 1 and part = parts - 1 and fate % 5 = 0 then name || '#R' else mostly(name, fate, 53) end
    as FINISHEDRUNCARD,
  workcenter_id as WORKCENTERID,
  mostly(workcenter, fate, 151) as WORKCENTERNAME,
  spec_id as SPECID,
  mostly(spec, fate, 157) as SPECNAME,
  mostly(workflow, fate, 59) as WORKFLOWNAME,
  mostly(product_name, fate, 61) as PRODUCTNAME,
  resource_id(family, machine) as EQUIPMENTID,
  mostly(resource_name(prefix, machine), fate, 163) as EQUIPMENTNAME,
  mostly(track_in, fate, 499) as TRACKINTIMESTAMP,
  remaining(qty, parts, part, fate) as TRACKINQTY,
  case when fate % 3 = 0 then 1 + fate % 20 end as TRACKINQTY2,
  case when not is_open then track_in + to_seconds(duration * (part + 1) // parts) end as TRACKOUTTIMESTAMP,
  case when not is_open then remaining(qty, parts, part, fate) - remaining(qty, parts, part + 1, fate) end
    as TRACKOUTQTY,
  case when fate % 3 = 0 and not is_open then 1 + fate % 20 end as TRACKOUTQTY2,
  mostly(track_in - to_seconds(300 + fate % 3600), fate, 167) as MOVEINTIMESTAMP,
  mostly(qty, fate, 173) as MOVEINQTY,
  case when not is_open then mostly(track_in + to_seconds(duration + fate % 1800), fate, 7) end as MOVEOUTTIMESTAMP,
  case when not is_open then mostly(qty - fate % 40, fate, 7) end as MOVEOUTQTY,
  case when fate % 4 = 0 then package || '_LF' end as PACKAGE_LF,
  case when step < 4 then mostly(wafer || '-01', fate, 5) end as PJ_WAFERID1,
  case when step < 4 and fate % 3 = 0 then wafer || '-02' end as PJ_WAFERID2,
  case when step < 4 and fate % 9 = 0 then wafer || '-03' end as PJ_WAFERID3,
  row_id(736, number * 32 + step) as WIPTRACKINGGROUPKEYID,
  case when family is not null then row_id(737, number * 32 + step) end as WIPEQUIPMENTHISTORYID,
  case when step >= 12 then right(strftime(track_in, '%G%V'), 4) end as DATECODE,
  track_in + to_seconds(86400) as LAST_SYNC_DATE
from (select *, is_last and status in (1, 2) and part = parts - 1 as is_open from part);
