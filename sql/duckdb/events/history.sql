-- Purpose: Track-ins of the range's containers, with data of the lot and the work center group. Checkpoint stations (no
--          machine) and rows without a track-in are left out. Partial track-outs of one load stay rows of their own;
--          TRACKINQTY is what remained.
-- Binds:   ids list
-- Spans:   history DWH.DW_MES_LOTWIPHISTORY, container DWH.DW_MES_CONTAINER
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PJ_BOP text, PRODUCTLINENAME text, WAFER_LOT text,
--          PJ_WORKORDER text, FINISHEDRUNCARD text, WORKCENTER_GROUP text, WORKCENTERNAME text, SPECNAME text,
--          WORKFLOWNAME text, EQUIPMENTID text, EQUIPMENTNAME text, TRACKINTIMESTAMP time, TRACKINQTY whole,
--          TRACKOUTTIMESTAMP time, TRACKOUTQTY whole, WIPLOTHISTORYID text
-- Order:   TRACKINTIMESTAMP, CONTAINERID, TRACKOUTTIMESTAMP nulls last, WIPLOTHISTORYID nulls last,
--          WORKCENTERNAME nulls last, SPECNAME nulls last, EQUIPMENTID, TRACKINQTY nulls last, TRACKOUTQTY nulls last
with {{ range-ids }},
{{ container-of-range }},
selected as materialized (
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
  where rowid between $history_from and $history_to
    and CONTAINERID between $ids_first and $ids_last
    and CONTAINERID in (select CONTAINERID from range_ids)
    and EQUIPMENTID is not null
    and TRACKINTIMESTAMP is not null
),
{{ workcenter-group }}
select
  h.CONTAINERID,
  c.CONTAINERNAME,
  c.PJ_TYPE,
  c.PJ_BOP,
  c.PRODUCTLINENAME,
  c.FIRSTNAME as WAFER_LOT,
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
left join container c on c.CONTAINERID = h.CONTAINERID
left join workcenter_group g on g.WORKCENTERNAME = h.WORKCENTERNAME
