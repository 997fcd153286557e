-- Purpose: the tables that do not grow with the containers: DW_MES_RESOURCE, DW_MES_RESOURCESTATUS_SHIFT (92 days),
--          DW_MES_SPEC_WORKCENTER_V, DW_MES_ERP_PJ_WIP_SCRAP_REASONS_EXCLUDE.
-- Needs:   tables machine_family, station.

insert into DWH.DW_MES_RESOURCE by name
select
  resource_id(family, machine) as RESOURCEID,
  resource_name(prefix, machine) as RESOURCENAME,
  mostly(pick(models, machine), machine, 67) as RESOURCEFAMILYNAME,
  case when prefix in ('GWMA', 'GDSA') then 'WAFERSORT' else mostly('ASSEMBLY', machine, 71) end as OBJECTCATEGORY,
  mostly(workcenter, machine, 73) as WORKCENTERNAME
from (select *, unnest(range(1, machines + 1)) as machine from machine_family)
order by family, machine;

-- Each machine and day: what it did in 24 hours, productive, standing by, and one of the others.
insert into DWH.DW_MES_RESOURCESTATUS_SHIFT by name
with day as (
  select
    resource_id(family, machine) as id,
    timestamp '2026-07-01' + to_days(day::integer) as day,
    chance('shift', (family * 4096 + machine) * 128 + day) as fate
  from (select family, unnest(range(1, machines + 1)) as machine from machine_family)
  cross join range(92) as days (day)
),
status as (
  select
    *,
    unnest([
      ('SBY', 'PRD', 12 + fate % 10),
      ('PRD', 'SBY', 1 + fate % 2),
      ('PRD', pick(['UDT', 'SDT', 'EGT', 'NST'], fate // 4), 11 - fate % 10 - fate % 2)
    ]) as change
  from day
)
select
  id as HISTORYID,
  mostly(change[1], fate, 61) as OLDSTATUSNAME,
  change[2] as NEWSTATUSNAME,
  (change[3] + fate % 1000 / 3000000)::decimal(12, 6) as HOURS,
  day + to_seconds(27000 + (fate % 4) * 900) as TXNDATE,
  day as DATADATE
from status
where change[3] > 0
order by id, day, change[2];

-- 230 specs. Some stand in two groups, so that the lowest sequence must win as a number ('10' > '9'); some in none.
insert into DWH.DW_MES_SPEC_WORKCENTER_V by name
with
grouped as (
  select
    unnest([
      '切割', '焊接_DB', '焊接_WB', '焊接_DW', '成型', '去膠', '水吹砂', '電鍍', '移印', '切彎腳', '元件切割', '測試'
    ]) as name,
    unnest(range(12)) as sequence
)
select
  padded(spec, step, 5) as SPEC,
  workcenter as WORK_CENTER,
  name as WORK_CENTER_GROUP,
  sequence::varchar as WORKCENTERSEQUENCE_GROUP
from station
join grouped using (sequence)
union all
values
  ('PKG SAW', '切割', '切割', '0'),
  ('電鍍', '條鍍', '元件切割', '10'),
  ('TMTT 複測', 'PRE_TMTT', '移印', '8'),
  ('包裝', '包裝', null, '999')
union all
select
  format('{} {:03d}', pick(['TOTAI', 'BANDL', '補鍍', '滾鍍', '焊_WB_料', '焊_DB_料', 'PRE TMTT'], code), code),
  pick(['TOTAI', 'BANDL', '補鍍', '滾鍍', '焊_WB_料', '焊_DB_料', 'PRE_TMTT'], code),
  pick(['電鍍', '電鍍', '電鍍', '電鍍', '焊接_WB', '焊接_DB', '測試'], code),
  pick(['7', '7', '7', '7', '2', '1', '11'], code)
from range(206) as codes (code);

insert into DWH.DW_MES_ERP_PJ_WIP_SCRAP_REASONS_EXCLUDE by name
select reason as REASON_NAME
from (select unnest(getvariable('loss_reasons')) as reason, unnest(range(len(getvariable('loss_reasons')))) as place)
where place % 5 = 4 and place < 195;
