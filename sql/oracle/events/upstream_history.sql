-- Purpose: History reduced to the latest load of each container, work center and machine, with the work center group.
--          Partial track-outs of one load have the same spec and track-in: TRACKINQTY, which falls from one to the next,
--          is the greatest of them, TRACKOUTQTY their sum, TRACKOUTTIMESTAMP the latest. Null quantities are 0.
-- Binds:   ids list
-- Parts:   rows
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PRODUCTLINENAME text, WORKCENTER_GROUP text,
--          WORKCENTER_GROUP_ORDER whole, WORKCENTERNAME text, SPECNAME text, EQUIPMENTID text, EQUIPMENTNAME text,
--          TRACKINTIMESTAMP time, TRACKOUTTIMESTAMP time, TRACKINQTY whole, TRACKOUTQTY whole
-- Order:   CONTAINERID, TRACKINTIMESTAMP, WORKCENTERNAME nulls last, EQUIPMENTID
with {{ container-of-range }},
track_in as (
  select
    CONTAINERID,
    WORKCENTERNAME,
    SPECNAME,
    EQUIPMENTID,
    EQUIPMENTNAME,
    TRACKINTIMESTAMP,
    max(TRACKOUTTIMESTAMP) over (
      partition by CONTAINERID, WORKCENTERNAME, EQUIPMENTID, SPECNAME, TRACKINTIMESTAMP
    ) as LOAD_END,
    TRACKINQTY,
    sum(TRACKOUTQTY) over (
      partition by CONTAINERID, WORKCENTERNAME, EQUIPMENTID, SPECNAME, TRACKINTIMESTAMP
    ) as LOAD_OUTPUT,
    row_number() over (
      partition by CONTAINERID, WORKCENTERNAME, EQUIPMENTID
      order by TRACKINTIMESTAMP desc, TRACKINQTY desc nulls last, TRACKOUTTIMESTAMP desc nulls last,
        SPECNAME nulls last, TRACKOUTQTY desc nulls last, WIPLOTHISTORYID nulls last, EQUIPMENTNAME nulls last
    ) as CHOICE
  from DWH.DW_MES_LOTWIPHISTORY
  where CONTAINERID in ({{ list ids }})
    and EQUIPMENTID is not null
    and TRACKINTIMESTAMP is not null
),
selected as (
  select
    CONTAINERID,
    WORKCENTERNAME,
    SPECNAME,
    EQUIPMENTID,
    EQUIPMENTNAME,
    TRACKINTIMESTAMP,
    LOAD_END as TRACKOUTTIMESTAMP,
    coalesce(TRACKINQTY, 0) as TRACKINQTY,
    coalesce(LOAD_OUTPUT, 0) as TRACKOUTQTY
  from track_in
  where CHOICE = 1
),
{{ workcenter-group }}
select
  s.CONTAINERID,
  l.CONTAINERNAME,
  l.PJ_TYPE,
  l.PRODUCTLINENAME,
  g.WORKCENTER_GROUP,
  coalesce(g.WORKCENTER_GROUP_ORDER, 999) as WORKCENTER_GROUP_ORDER,
  s.WORKCENTERNAME,
  s.SPECNAME,
  s.EQUIPMENTID,
  s.EQUIPMENTNAME,
  s.TRACKINTIMESTAMP,
  s.TRACKOUTTIMESTAMP,
  s.TRACKINQTY,
  s.TRACKOUTQTY
from selected s
left join lot l on l.CONTAINERID = s.CONTAINERID
left join workcenter_group g on g.WORKCENTERNAME = s.WORKCENTERNAME
