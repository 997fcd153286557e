-- Purpose: Machines that the given lots ran on, and what they were split from, at most `levels` generations up (0: the lots
--          alone), in the given work center groups (names with commas between; all groups if null). One row for each
--          lot, container on the way, station and machine; a container that is reached twice comes with its least level.
-- Binds:   ids list, levels whole, workcenter_groups text, most whole
-- Columns: LOT_CONTAINERID text, LOT_NAME text, PARENT_LEVEL whole, CONTAINERID text, CONTAINERNAME text,
--          WORKCENTER_GROUP text, WORKCENTER_GROUP_ORDER whole, WORKCENTERNAME text, SPECNAME text, EQUIPMENTID text,
--          EQUIPMENTNAME text, FIRST_TRACKIN time, LAST_TRACKOUT time
-- Order:   LOT_NAME nulls last, LOT_CONTAINERID, WORKCENTER_GROUP_ORDER, FIRST_TRACKIN, PARENT_LEVEL, CONTAINERID,
--          WORKCENTERNAME nulls last, SPECNAME nulls last, EQUIPMENTID
-- Limit:   most
with chain (LOT_CONTAINERID, CONTAINERID, PARENT_LEVEL) as (
  select ID, ID, 0 from (select distinct ID from ({{ rows ids }}))
  union all
  select chain.LOT_CONTAINERID, rtrim(c.SPLITFROMID), chain.PARENT_LEVEL + 1
  from chain
  join DWH.DW_MES_CONTAINER c on c.CONTAINERID = chain.CONTAINERID
  where chain.PARENT_LEVEL < :levels
    and rtrim(c.SPLITFROMID) is not null
    and rtrim(c.SPLITFROMID) <> c.CONTAINERID
)
cycle CONTAINERID set IS_CYCLE to 'Y' default 'N',
reached as (
  select LOT_CONTAINERID, CONTAINERID, min(PARENT_LEVEL) as PARENT_LEVEL
  from chain
  group by LOT_CONTAINERID, CONTAINERID
),
lot_name as (
  select CONTAINERID, min(rtrim(CONTAINERNAME)) as CONTAINERNAME
  from DWH.DW_MES_CONTAINER
  where CONTAINERID in (select CONTAINERID from reached)
  group by CONTAINERID
),
selected as (
  select
    CONTAINERID,
    rtrim(WORKCENTERNAME) as WORKCENTERNAME,
    rtrim(SPECNAME) as SPECNAME,
    rtrim(EQUIPMENTID) as EQUIPMENTID,
    min(rtrim(EQUIPMENTNAME)) as EQUIPMENTNAME,
    min(TRACKINTIMESTAMP) as FIRST_TRACKIN,
    max(TRACKOUTTIMESTAMP) as LAST_TRACKOUT
  from DWH.DW_MES_LOTWIPHISTORY
  where CONTAINERID in (select CONTAINERID from reached)
    and rtrim(EQUIPMENTID) is not null
    and TRACKINTIMESTAMP is not null
  group by CONTAINERID, rtrim(WORKCENTERNAME), rtrim(SPECNAME), rtrim(EQUIPMENTID)
),
{{ workcenter-group }}
select
  r.LOT_CONTAINERID,
  l.CONTAINERNAME as LOT_NAME,
  r.PARENT_LEVEL,
  r.CONTAINERID,
  c.CONTAINERNAME,
  g.WORKCENTER_GROUP,
  coalesce(g.WORKCENTER_GROUP_ORDER, 999) as WORKCENTER_GROUP_ORDER,
  s.WORKCENTERNAME,
  s.SPECNAME,
  s.EQUIPMENTID,
  s.EQUIPMENTNAME,
  s.FIRST_TRACKIN,
  s.LAST_TRACKOUT
from reached r
join selected s on s.CONTAINERID = r.CONTAINERID
left join lot_name l on l.CONTAINERID = r.LOT_CONTAINERID
left join lot_name c on c.CONTAINERID = r.CONTAINERID
left join workcenter_group g on g.WORKCENTERNAME = s.WORKCENTERNAME
where :workcenter_groups is null
  or instr(',' || :workcenter_groups || ',', ',' || g.WORKCENTER_GROUP || ',') > 0
