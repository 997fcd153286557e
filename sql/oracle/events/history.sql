-- Purpose: Track-ins of the range's containers, with data of the lot and the work center group. Checkpoint stations (no
--          machine) and rows without a track-in are left out. Partial track-outs of one load stay rows of their own;
--          TRACKINQTY is what remained.
-- Binds:   ids list
-- Parts:   rows
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PJ_BOP text, PRODUCTLINENAME text, WAFER_LOT text,
--          PJ_WORKORDER text, FINISHEDRUNCARD text, WORKCENTER_GROUP text, WORKCENTERNAME text, SPECNAME text,
--          WORKFLOWNAME text, EQUIPMENTID text, EQUIPMENTNAME text, TRACKINTIMESTAMP time, TRACKINQTY whole,
--          TRACKOUTTIMESTAMP time, TRACKOUTQTY whole, WIPLOTHISTORYID text
-- Order:   TRACKINTIMESTAMP, CONTAINERID, TRACKOUTTIMESTAMP nulls last, WIPLOTHISTORYID nulls last,
--          WORKCENTERNAME nulls last, SPECNAME nulls last, EQUIPMENTID, TRACKINQTY nulls last, TRACKOUTQTY nulls last
with {{ container-of-range }},
selected as (
  select
    CONTAINERID,
    PJ_WORKORDER,
    FINISHEDRUNCARD,
    WORKCENTERNAME,
    SPECNAME,
    WORKFLOWNAME,
    EQUIPMENTID,
    EQUIPMENTNAME,
    TRACKINTIMESTAMP,
    TRACKINQTY,
    TRACKOUTTIMESTAMP,
    TRACKOUTQTY,
    WIPLOTHISTORYID
  from DWH.DW_MES_LOTWIPHISTORY
  where CONTAINERID in ({{ list ids }})
    and EQUIPMENTID is not null
    and TRACKINTIMESTAMP is not null
),
{{ workcenter-group }}
select
  h.CONTAINERID,
  l.CONTAINERNAME,
  l.PJ_TYPE,
  l.PJ_BOP,
  l.PRODUCTLINENAME,
  l.FIRSTNAME as WAFER_LOT,
  h.PJ_WORKORDER,
  h.FINISHEDRUNCARD,
  g.WORKCENTER_GROUP,
  h.WORKCENTERNAME,
  h.SPECNAME,
  h.WORKFLOWNAME,
  h.EQUIPMENTID,
  h.EQUIPMENTNAME,
  h.TRACKINTIMESTAMP,
  h.TRACKINQTY,
  h.TRACKOUTTIMESTAMP,
  h.TRACKOUTQTY,
  h.WIPLOTHISTORYID
from selected h
left join lot l on l.CONTAINERID = h.CONTAINERID
left join workcenter_group g on g.WORKCENTERNAME = h.WORKCENTERNAME
