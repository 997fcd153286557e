-- Purpose: Hours that the given machines spent in each state, over the days from `time_from` on and before `time_to`, and
--          how much of the time they could have run they did: 100 × PRD / (PRD + SBY + UDT), null if that is none.
-- Binds:   equipment_ids list, time_from time, time_to time, most whole
-- Columns: EQUIPMENTID text, EQUIPMENTNAME text, RESOURCEFAMILYNAME text, WORKCENTERNAME text, PRD_HOURS decimal,
--          SBY_HOURS decimal, UDT_HOURS decimal, SDT_HOURS decimal, EGT_HOURS decimal, NST_HOURS decimal,
--          TOTAL_HOURS decimal, OU_PERCENT double
-- Order:   EQUIPMENTNAME nulls last, EQUIPMENTID
-- Limit:   most
-- Slow:    yes
with {{ equipment-of-ids }},
state as (
  select rtrim(HISTORYID) as EQUIPMENTID, trim(NEWSTATUSNAME) as STATUS, HOURS
  from DWH.DW_MES_RESOURCESTATUS_SHIFT
  where DATADATE >= cast($time_from as timestamp)
    and DATADATE < cast($time_to as timestamp)
    and rtrim(HISTORYID) in (select unnest($equipment_ids))
    and HOURS is not null
),
total as (
  select
    EQUIPMENTID,
    coalesce(sum(HOURS) filter (where STATUS = 'PRD'), 0) as PRD_HOURS,
    coalesce(sum(HOURS) filter (where STATUS = 'SBY'), 0) as SBY_HOURS,
    coalesce(sum(HOURS) filter (where STATUS = 'UDT'), 0) as UDT_HOURS,
    coalesce(sum(HOURS) filter (where STATUS = 'SDT'), 0) as SDT_HOURS,
    coalesce(sum(HOURS) filter (where STATUS = 'EGT'), 0) as EGT_HOURS,
    coalesce(sum(HOURS) filter (where STATUS = 'NST'), 0) as NST_HOURS,
    sum(HOURS) as TOTAL_HOURS
  from state
  group by EQUIPMENTID
)
select
  t.EQUIPMENTID,
  e.EQUIPMENTNAME,
  e.RESOURCEFAMILYNAME,
  e.WORKCENTERNAME,
  t.PRD_HOURS,
  t.SBY_HOURS,
  t.UDT_HOURS,
  t.SDT_HOURS,
  t.EGT_HOURS,
  t.NST_HOURS,
  t.TOTAL_HOURS,
  round(100.0::double * t.PRD_HOURS::double / nullif(t.PRD_HOURS + t.SBY_HOURS + t.UDT_HOURS, 0)::double, 2) as OU_PERCENT
from total t
left join equipment e on e.EQUIPMENTID = t.EQUIPMENTID
