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
name as (
  select EQUIPMENTNAME, min(EQUIPMENTID) as EQUIPMENTID
  from equipment
  where EQUIPMENTNAME <> ''
  group by EQUIPMENTNAME
),
used as (
  select
    coalesce(nullif(rtrim(m.EQUIPMENTID), ''), n.EQUIPMENTID) as EQUIPMENTID,
    nullif(trim(m.MATERIALPARTNAME), '') as MATERIALPARTNAME,
    rtrim(m.DESCRIPTION) as DESCRIPTION,
    case when isfinite(m.QTYCONSUMED) then m.QTYCONSUMED end as QTYCONSUMED,
    nullif(trim(m.UOMNAME), '') as UOMNAME,
    m.CONTAINERID,
    nullif(trim(m.MATERIALLOTNAME), '') as MATERIALLOTNAME
  from DWH.DW_MES_LOTMATERIALSHISTORY m
  left join name n on n.EQUIPMENTNAME = rtrim(m.EQUIPMENTNAME)
  where m.TXNDATE >= cast($time_from as timestamp)
    and m.TXNDATE < cast($time_to as timestamp)
)
select
  u.EQUIPMENTID,
  min(e.EQUIPMENTNAME) as EQUIPMENTNAME,
  u.MATERIALPARTNAME,
  min(u.DESCRIPTION) as DESCRIPTION,
  sum(u.QTYCONSUMED order by u.QTYCONSUMED) as QTYCONSUMED,
  case when count(distinct u.UOMNAME) = 1 then min(u.UOMNAME) end as UOMNAME,
  count(distinct u.CONTAINERID) as LOT_COUNT,
  count(distinct u.MATERIALLOTNAME) as MATERIAL_LOT_COUNT
from used u
left join equipment e on e.EQUIPMENTID = u.EQUIPMENTID
where u.EQUIPMENTID in (select unnest($equipment_ids))
group by u.EQUIPMENTID, u.MATERIALPARTNAME
