-- Purpose: Track-ins of the given containers, with data of the lot, in the given work center groups (names with
--          commas between; all groups if null). Checkpoint stations (no machine) and rows without a track-in are left out.
--          The rows of one load follow each other.
-- Binds:   ids list, workcenter_groups text, most whole
-- Spans:   history DWH.DW_MES_LOTWIPHISTORY, container DWH.DW_MES_CONTAINER
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PJ_BOP text, PRODUCTLINENAME text, WAFER_LOT text,
--          PJ_WORKORDER text, FINISHEDRUNCARD text, WORKCENTER_GROUP text, WORKCENTERNAME text, SPECNAME text,
--          WORKFLOWNAME text, PRODUCTNAME text, EQUIPMENTID text, EQUIPMENTNAME text, TRACKINTIMESTAMP time,
--          TRACKINQTY whole, TRACKOUTTIMESTAMP time, TRACKOUTQTY whole
-- Order:   TRACKINTIMESTAMP, CONTAINERID, EQUIPMENTID, SPECNAME nulls last, TRACKOUTTIMESTAMP nulls last,
--          TRACKINQTY desc nulls last, TRACKOUTQTY nulls last, FINISHEDRUNCARD nulls last, WORKCENTERNAME nulls last,
--          WORKFLOWNAME nulls last, PRODUCTNAME nulls last, EQUIPMENTNAME nulls last, PJ_WORKORDER nulls last
-- Limit:   most
with {{ range-ids }},
{{ container-of-range }},
selected as materialized (
  select
    {{ load-columns }}
  from DWH.DW_MES_LOTWIPHISTORY h
  where h.rowid between $history_from and $history_to
    and h.CONTAINERID between $ids_first and $ids_last
    and h.CONTAINERID in (select CONTAINERID from range_ids)
    and h.EQUIPMENTID is not null
    and h.TRACKINTIMESTAMP is not null
),
{{ workcenter-group }}
{{ loads-of-selected }}
where $workcenter_groups is null
  or g.WORKCENTER_GROUP in (select unnest(string_split($workcenter_groups, ',')))
