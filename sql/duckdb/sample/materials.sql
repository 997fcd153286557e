-- Purpose: DW_MES_LOTMATERIALSHISTORY of one slice.
-- Needs:   table load (history.sql).
-- Order:   by container and step.
-- Traps:   QTYCONSUMED of changing precision and NaN, the prefix 參考編號：, nulls.

insert into DWH.DW_MES_LOTMATERIALSHISTORY by name
with used as (
  select
    load.*,
    material.*,
    unnest(range(1 + chance('lots', number * 32 + load.step) % 3 // 2)) as turn,
    chance('used', ((number * 32 + load.step) * 8 + item) * 2 + turn) as use
  from load
  join (
    values
      (2, 0, 'LF-CU-0.2', '腳架 Leadframe 0.2mm "CU"', 'PCS', 'LEADFRAME', 1.0, 998),
      (2, 1, 'EP-8361J', '銀膠 Silver epoxy 8361J', 'G', 'EPOXY', 0.000125, 690),
      (4, 0, 'AU-WIRE-1.0', '金線 Au wire 1.0 mil <4N>', 'M', 'WIRE', 0.0032, 800),
      (5, 0, 'CU-WIRE-1.2', '銅線 Cu wire 1.2 mil', 'M', 'WIRE', 0.0041, 800),
      (8, 0, 'EMC-G600', '塑封料 Molding compound G600', 'KG', 'COMPOUND', 0.0000625, 600),
      (12, 0, 'SN-ANODE', '錫球 Sn anode', 'KG', 'CHEMICAL', 0.00001, 350),
      (18, 0, 'CT-8MM', 'Carrier tape 8 mm', 'M', 'PACKING', 0.004, 750)
  ) as material (step, item, part, description, unit, category, factor, share)
    on material.step = load.step
  where chance('uses', number) % 100 < 50 and chance('drawn', (number * 32 + load.step) * 8 + item) % 1000 < share
)
select
  mostly(id, use, 19997) as CONTAINERID,
  mostly(order_of, use, 89) as PJ_WORKORDER,
  mostly(workcenter, use, 97) as WORKCENTERNAME,
  mostly(spec, use, 101) as SPECNAME,
  mostly(resource_id(family, machine), use, 103) as EQUIPMENTID,
  mostly(resource_name(prefix, machine), use, 103) as EQUIPMENTNAME,
  part as MATERIALPARTNAME,
  mostly(description, use, 17) as DESCRIPTION,
  case when use % 29 = 0 then '參考編號：' else '' end || format('{}-{:04d}-{:02d}', category[:2], block, use % 20)
    as MATERIALLOTNAME,
  mostly(format('V{:08d}', block * 20 + use % 20), use, 11) as VENDORLOTNUMBER,
  (qty * factor)::decimal(18, 6) as QTYREQUIRED,
  mostly(factor::decimal(18, 6), use, 83) as CONSUMEFACTOR,
  case
    when use % 331 = 0 then 'nan'::double
    when use % 3 = 0 then round(qty * factor)
    when use % 3 = 1 then round(qty * factor * (1 + use % 7 / 100), 2)
    else mostly(round(qty * factor * (1 + use % 11 / 1000), 6), use, 127)
  end as QTYCONSUMED,
  mostly(unit, use, 107) as UOMNAME,
  mostly(track_in + to_seconds(use % 3600), use, 997) as TXNDATE,
  case
    when category <> 'LEADFRAME'
      then mostly(date_trunc('day', track_in) + to_days((30 + use % 300)::integer), use, 13)
  end as EXPIRATIONDATE,
  case when category in ('EPOXY', 'COMPOUND') then track_in + to_hours(8 + use % 64) end as FLOORLIFEEXPIRATIONDATE,
  case when category = 'CHEMICAL' then '間接材料' else '直接材料' end as PRIMARY_CATEGORY,
  category as SECONDARY_CATEGORY
from used
order by number, step, item, turn;
