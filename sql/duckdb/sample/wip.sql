-- Purpose: DW_MES_WIP of one slice: where lots stood, with history.
-- Needs:   tables slot, load.
-- Order:   by container and time.
-- Traps:   a container with two workflows, package `點測`, padded names.

insert into DWH.DW_MES_WIP by name
with snapshot as (
  select
    load.*,
    unnest(case when fate // 4 % 10 = 0 then [0, 1] else [0] end) as turn
  from load
  where is_last or fate % 16 = 0
)
select
  mostly(id, fate, 4999) as CONTAINERID,
  padded(name, fate, 13) as CONTAINERNAME,
  mostly(order_of, fate, 67) as MFGORDERNAME,
  case turn when 0 then mostly(workflow, fate, 71) else workflow || '_RW' end as WORKFLOWNAME,
  mostly(workcenter, fate, 73) as WORKCENTERNAME,
  mostly(spec, fate, 79) as SPECNAME,
  case when fate % 33 = 0 then '點測' else padded(package, fate, 17) end as PRODUCTLINENAME,
  qty as QTY,
  status as STATUS,
  date_trunc('day', track_in) + to_hours(7 + turn) as TXNDATE
from snapshot
order by number, step, turn;
