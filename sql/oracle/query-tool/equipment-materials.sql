-- Purpose: What the given machines consumed from `time_from` on and before `time_to`: a sum for each machine and part, with
--          the number of lots. A row without the id of its machine counts to the one of its name. UOMNAME is null where
--          the rows of a sum have different units; what is no number adds nothing.
-- Binds:   equipment_ids list, time_from time, time_to time, most whole
-- Columns: EQUIPMENTID text, EQUIPMENTNAME text, MATERIALPARTNAME text, DESCRIPTION text, QTYCONSUMED double,
--          UOMNAME text, LOT_COUNT whole, MATERIAL_LOT_COUNT whole
-- Order:   EQUIPMENTNAME nulls last, EQUIPMENTID, MATERIALPARTNAME nulls last
-- Limit:   most
-- Slow:    yes
with {{ equipment-of-ids }},
named_equipment as (
  select EQUIPMENTNAME, min(EQUIPMENTID) as EQUIPMENTID
  from equipment
  where EQUIPMENTNAME is not null
  group by EQUIPMENTNAME
),
used as (
  select
    coalesce(rtrim(m.EQUIPMENTID), n.EQUIPMENTID) as EQUIPMENTID,
    trim(m.MATERIALPARTNAME) as MATERIALPARTNAME,
    rtrim(m.DESCRIPTION) as DESCRIPTION,
    case when m.QTYCONSUMED between -1e125 and 1e125 then m.QTYCONSUMED end as QTYCONSUMED,
    trim(m.UOMNAME) as UOMNAME,
    m.CONTAINERID,
    trim(m.MATERIALLOTNAME) as MATERIALLOTNAME
  from DWH.DW_MES_LOTMATERIALSHISTORY m
  left join named_equipment n on n.EQUIPMENTNAME = rtrim(m.EQUIPMENTNAME)
  where m.TXNDATE >= to_date(:time_from, 'YYYY-MM-DD"T"HH24:MI:SS')
    and m.TXNDATE < to_date(:time_to, 'YYYY-MM-DD"T"HH24:MI:SS')
)
select
  u.EQUIPMENTID,
  min(e.EQUIPMENTNAME) as EQUIPMENTNAME,
  u.MATERIALPARTNAME,
  min(u.DESCRIPTION) as DESCRIPTION,
  sum(u.QTYCONSUMED) as QTYCONSUMED,
  case when count(distinct u.UOMNAME) = 1 then min(u.UOMNAME) end as UOMNAME,
  count(distinct u.CONTAINERID) as LOT_COUNT,
  count(distinct u.MATERIALLOTNAME) as MATERIAL_LOT_COUNT
from used u
left join equipment e on e.EQUIPMENTID = u.EQUIPMENTID
where u.EQUIPMENTID in ({{ rows equipment_ids }})
group by u.EQUIPMENTID, u.MATERIALPARTNAME
