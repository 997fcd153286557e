-- Purpose: Track-ins of the range's containers, with data of the lot. Checkpoint stations (no machine) and rows without
--          a track-in are left out. Partial track-outs of one load stay rows of their own; TRACKINQTY is what remained.
-- Binds:   ids list
-- Parts:   rows
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PJ_BOP text, PRODUCTLINENAME text, WAFER_LOT text,
--          PJ_WORKORDER text, FINISHEDRUNCARD text, WORKCENTERNAME text, SPECNAME text, WORKFLOWNAME text,
--          EQUIPMENTID text, EQUIPMENTNAME text, TRACKINTIMESTAMP time, TRACKINQTY whole, TRACKOUTTIMESTAMP time,
--          TRACKOUTQTY whole, WIPLOTHISTORYID text
-- Order:   TRACKINTIMESTAMP, CONTAINERID, TRACKOUTTIMESTAMP nulls last, WIPLOTHISTORYID nulls last,
--          WORKCENTERNAME nulls last, SPECNAME nulls last, EQUIPMENTID, TRACKINQTY nulls last, TRACKOUTQTY nulls last
with {{ container-of-range }}
select
  h.CONTAINERID,
  l.CONTAINERNAME,
  l.PJ_TYPE,
  l.PJ_BOP,
  l.PRODUCTLINENAME,
  l.FIRSTNAME as WAFER_LOT,
  h.PJ_WORKORDER,
  h.FINISHEDRUNCARD,
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
from DWH.DW_MES_LOTWIPHISTORY h
left join lot l on l.CONTAINERID = h.CONTAINERID
where h.CONTAINERID in ({{ list ids }})
  and h.EQUIPMENTID is not null
  and h.TRACKINTIMESTAMP is not null
