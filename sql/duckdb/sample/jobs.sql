-- Purpose: DW_MES_JOB and DW_MES_JOBTXNHISTORY of one slice: equipment maintenance orders, 20 a block.
-- Needs:   tables block, slot, station.
-- Traps:   lots only as comma lists, of one to 90 ids, some with blanks after the comma; COMPLETEDATE null when
--          cancelled; names cut off at 2000 characters.

create or replace temp table equipment_job as
with planned as (
  select
    block.block,
    block.first_combined,
    block.starts_at,
    turn,
    chance('job', block.block * 32 + turn) as fate,
    -- One in three names no lot; a few name very many.
    [0, 0, 0, 0, 1, 1, 1, 2, 3, 5, 8, 13][1 + fate % 12] + case when fate % 97 = 0 then 77 else 0 end as lots,
    [2, 4, 4, 5, 8, 14, 18, 18][1 + fate // 16 % 8] as step
  from block
  cross join range(20) as turns (turn)
  where block.block between getvariable('first_block') and getvariable('end_block') - 1
),
listed as (
  select
    planned.block,
    planned.turn,
    string_agg(slot.id, ',' order by named) as ids,
    left(string_agg(slot.name, ',' order by named), 2000) as names
  from (select *, unnest(range(lots)) as named from planned) as planned
  join slot
    on slot.block = planned.block and slot.slot = 3 + (planned.fate // 128 + named) % (planned.first_combined - 3)
  group by planned.block, planned.turn
)
select
  planned.*,
  station.family,
  station.prefix,
  -- One of the machines that the order runs on, about when it does.
  1 + (chance('bay', planned.block * 32 + planned.step) + fate // 256 % 5) % station.machines as machine,
  starts_at + to_seconds(planned.step * 39600 + fate // 1024 % 140000) as created_at,
  case when fate % 23 = 0 then 'Cancelled' when fate % 19 = 0 then 'Open' else 'Completed' end as status,
  case when fate % 7 = 0 then replace(listed.ids, ',', ', ') else listed.ids end as ids,
  listed.names
from planned
join station using (step)
left join listed using (block, turn)
order by block, turn;

insert into DWH.DW_MES_JOB by name
select
  row_id(784, block * 32 + turn) as JOBID,
  resource_id(family, machine) as RESOURCEID,
  mostly(resource_name(prefix, machine), fate, 211) as RESOURCENAME,
  status as JOBSTATUS,
  mostly(pick(['PM', 'BM', 'SETUP', 'EC'], fate // 3), fate, 31) as JOBMODELNAME,
  mostly(format('JO{:09d}', block * 32 + turn), fate, 37) as JOBORDERNAME,
  created_at as CREATEDATE,
  case when status = 'Completed' then created_at + to_seconds(900 + fate % 40000) end as COMPLETEDATE,
  case when status = 'Cancelled' then created_at + to_seconds(900 + fate % 9000) end as CANCELDATE,
  mostly(pick(getvariable('causes'), fate // 5), fate, 7) as CAUSECODENAME,
  mostly(pick(getvariable('repairs'), fate // 7), fate, 7) as REPAIRCODENAME,
  mostly(pick(getvariable('symptoms'), fate // 11), fate, 11) as SYMPTOMCODENAME,
  case when fate % 5 = 0 then pick(getvariable('causes'), fate // 13) end as PJ_CAUSECODE2NAME,
  case when fate % 5 = 0 then pick(getvariable('repairs'), fate // 17) end as PJ_REPAIRCODE2NAME,
  case when fate % 5 = 0 then pick(getvariable('symptoms'), fate // 19) end as PJ_SYMPTOMCODE2NAME,
  ids as CONTAINERIDS,
  names as CONTAINERNAMES,
  case when fate % 6 = 0 then format('PR{:08d}', fate % 100000000) end as PARTREQUESTORDERNAME
from equipment_job
order by block, turn;

insert into DWH.DW_MES_JOBTXNHISTORY by name
with stage as (
  select
    *,
    unnest(range(case status when 'Completed' then 4 + fate % 3 when 'Cancelled' then 2 else 3 end)) as stage,
    chance('stage', (block * 32 + turn) * 8 + stage) as stage_fate
  from equipment_job
)
select
  row_id(800, (block * 32 + turn) * 8 + stage) as JOBTXNHISTORYID,
  row_id(784, block * 32 + turn) as JOBID,
  created_at + to_seconds(stage * 200) as TXNDATE,
  case when stage > 0 then ['Open', 'Assigned', 'Started', 'Repaired', 'Tested', 'Completed'][stage] end
    as FROMJOBSTATUS,
  case
    when status = 'Cancelled' and stage = 1 then 'Cancelled'
    else ['Open', 'Assigned', 'Started', 'Repaired', 'Tested', 'Completed'][stage + 1]
  end as JOBSTATUS,
  format('STAGE {}', stage + 1) as STAGENAME,
  case when stage > 2 then mostly(pick(getvariable('causes'), fate // 5), fate, 7) end as CAUSECODENAME,
  case when stage > 2 then mostly(pick(getvariable('repairs'), fate // 7), fate, 7) end as REPAIRCODENAME,
  mostly(pick(getvariable('symptoms'), fate // 11), fate, 11) as SYMPTOMCODENAME,
  format('E{:05d}', stage_fate % 100000) as USER_NAME,
  mostly(pick(getvariable('employees'), stage_fate), stage_fate, 19) as EMP_NAME,
  case when stage_fate % 4 = 0 then pick(getvariable('comments'), stage_fate // 8) end as COMMENTS
from stage
order by block, turn, stage;
