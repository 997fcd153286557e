-- Purpose: DW_MES_CONTAINER of one slice.
-- Needs:   tables slot, block, station.
-- Traps:   blank-padded names, nulls, parents that are the container itself (and, by slots.sql, cycles and chains),
--          FIRSTNAME that is another lot's name, GD lots whose source and wafer are the same.

insert into DWH.DW_MES_CONTAINER by name
with
original as (
  -- A GD lot is reworked from a combined lot of one of the 20 blocks before it.
  select
    slot.number,
    case
      when slot.fate % 20 = 0 then container_id(number_of(slot.block, 0))
      else container_id(number_of(source.block, source.first_combined + slot.fate % source.combined))
    end as source_id
  from slot
  join block as source on source.block = greatest(slot.block - 1 - slot.fate % 20, 0)
  where slot.kind = 'gd'
)
select
  slot.id as CONTAINERID,
  padded(
    case when slot.kind = 'gd' and slot.fate % 41 = 0 then '參考編號：' else '' end || mostly(slot.name, slot.fate, 4999),
    slot.fate,
    19
  ) as CONTAINERNAME,
  padded(mostly(slot.order_of, slot.fate, 97), slot.fate, 43) as MFGORDERNAME,
  case
    when slot.kind = 'material' then 'MATERIAL'
    when slot.kind = 'wafer' and slot.fate % 3 > 0 then 'WAFER'
    else mostly('LOT', slot.fate, 211)
  end as OBJECTTYPE,
  case
    when slot.kind = 'wafer' and slot.fate % 5 > 0 or slot.kind = 'material' then null
    when slot.kind = 'wafer' then slot.name
    when slot.kind = 'gd' and slot.fate % 20 = 0 then slot.wafer_a
    when slot.fate % 199 = 0 then slot.order_name || '-A01'
    when slot.fate % 31 = 0 then neighbour.wafer_a
    else padded(mostly(slot.wafer, slot.fate, 53), slot.fate, 37)
  end as FIRSTNAME,
  coalesce(
    mostly(original.source_id, slot.fate, 6),
    case when slot.is_split then container_id(number_of(slot.block, 3 + lot)) end
  ) as ORIGINALCONTAINERID,
  case
    when slot.fate % 3989 = 0 then slot.id
    when slot.kind = 'gd' then case when slot.fate % 2 = 0 then original.source_id end
    when slot.parent_slot is not null then container_id(number_of(slot.block, slot.parent_slot))
  end as SPLITFROMID,
  case when slot.sort = 'lot' then mostly(slot.fate % 4, slot.fate, 71) end as SPLITCOUNT,
  case when slot.kind = 'mother' or slot.fate % 83 > 0 then null else container_id(number_of(slot.block, 2)) end
    as PARENTCONTAINERID,
  mostly(row_id(656, slot.number), slot.fate, 59) as SCHEDULEDATAID,
  mostly(station.spec, slot.fate, 61) as SPECNAME,
  mostly(station.workcenter, slot.fate, 61) as WORKCENTERNAME,
  padded(mostly(slot.type, slot.fate, 67), slot.fate, 23) as PJ_TYPE,
  mostly(slot.bop, slot.fate, 73) as PJ_BOP,
  mostly(slot.function, slot.fate, 79) as PJ_FUNCTION,
  mostly(slot.product_name, slot.fate, 89) as PRODUCTNAME,
  padded(mostly(slot.package, slot.fate, 47), slot.fate, 29) as PRODUCTLINENAME,
  case when slot.sort = 'lot' then mostly('LF-' || slot.package, slot.fate, 3) end as PJ_LEADFRAMENAME,
  case when slot.sort = 'lot' then mostly(pick(['CU', 'A42', 'PPF'], slot.fate), slot.fate, 7) end
    as PJ_LEADFRAMEOPTION,
  mostly(slot.qty, slot.fate, 101) as QTY,
  mostly(slot.status, slot.fate, 103) as STATUS,
  case when slot.status = 2 then 1 else mostly(0, slot.fate, 13) end as CURRENTHOLDCOUNT,
  case when slot.status = 2 then pick(getvariable('hold_reasons'), slot.fate) end as HOLDREASONNAME,
  mostly(slot.starts_at + to_seconds(turn * 1800), slot.fate, 107) as ORIGINALSTARTDATE
from slot
left join original on original.number = slot.number
left join station on station.step = slot.step_to - 1
left join block as neighbour on neighbour.block = slot.block - 1
where slot.is_new
order by slot.number;
