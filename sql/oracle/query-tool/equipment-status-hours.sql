-- Purpose: Hours that the given machines spent in each state, over the days from `time_from` on and before `time_to`, and
--          how much of the time they could have run they did: 100 × PRD / (PRD + SBY + UDT), null if that is none. An id is
--          looked for between itself and itself with 40 blanks behind, in the index on HISTORYID.
-- Binds:   equipment_ids list, time_from time, time_to time, most whole
-- Columns: EQUIPMENTID text, EQUIPMENTNAME text, RESOURCEFAMILYNAME text, WORKCENTERNAME text, PRD_HOURS decimal,
--          SBY_HOURS decimal, UDT_HOURS decimal, SDT_HOURS decimal, EGT_HOURS decimal, NST_HOURS decimal,
--          TOTAL_HOURS decimal, OU_PERCENT double
-- Order:   EQUIPMENTNAME nulls last, EQUIPMENTID
-- Limit:   most
-- Slow:    yes
with {{ equipment-of-ids }},
state as (
  select /*+ leading(i) no_merge(i) use_nl(s) index(s (HISTORYID)) */
    i.EQUIPMENTID,
    trim(s.NEWSTATUSNAME) as STATUS,
    s.HOURS
  from (select distinct ID as EQUIPMENTID from ({{ rows equipment_ids }})) i
  join DWH.DW_MES_RESOURCESTATUS_SHIFT s
    on s.HISTORYID between i.EQUIPMENTID and i.EQUIPMENTID || rpad(' ', 40)
    and rtrim(s.HISTORYID) = i.EQUIPMENTID
  where s.DATADATE >= to_date(:time_from, 'YYYY-MM-DD"T"HH24:MI:SS')
    and s.DATADATE < to_date(:time_to, 'YYYY-MM-DD"T"HH24:MI:SS')
    and s.HOURS is not null
),
total as (
  select
    EQUIPMENTID,
    coalesce(sum(case when STATUS = 'PRD' then HOURS end), 0) as PRD_HOURS,
    coalesce(sum(case when STATUS = 'SBY' then HOURS end), 0) as SBY_HOURS,
    coalesce(sum(case when STATUS = 'UDT' then HOURS end), 0) as UDT_HOURS,
    coalesce(sum(case when STATUS = 'SDT' then HOURS end), 0) as SDT_HOURS,
    coalesce(sum(case when STATUS = 'EGT' then HOURS end), 0) as EGT_HOURS,
    coalesce(sum(case when STATUS = 'NST' then HOURS end), 0) as NST_HOURS,
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
  round(100 * t.PRD_HOURS / nullif(t.PRD_HOURS + t.SBY_HOURS + t.UDT_HOURS, 0), 2) as OU_PERCENT
from total t
left join equipment e on e.EQUIPMENTID = t.EQUIPMENTID
