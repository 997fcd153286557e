-- Purpose: Track-ins at the given machines from `time_from` on and before `time_to`, with data of the lot. The rows of one
--          load follow each other.
-- Binds:   equipment_ids list, time_from time, time_to time, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PJ_BOP text, PRODUCTLINENAME text, WAFER_LOT text,
--          PJ_WORKORDER text, FINISHEDRUNCARD text, WORKCENTER_GROUP text, WORKCENTERNAME text, SPECNAME text,
--          WORKFLOWNAME text, PRODUCTNAME text, EQUIPMENTID text, EQUIPMENTNAME text, TRACKINTIMESTAMP time,
--          TRACKINQTY whole, TRACKOUTTIMESTAMP time, TRACKOUTQTY whole
-- Order:   TRACKINTIMESTAMP, CONTAINERID, EQUIPMENTID, SPECNAME nulls last, TRACKOUTTIMESTAMP nulls last,
--          TRACKINQTY desc nulls last, TRACKOUTQTY nulls last, FINISHEDRUNCARD nulls last, WORKCENTERNAME nulls last,
--          WORKFLOWNAME nulls last, PRODUCTNAME nulls last, EQUIPMENTNAME nulls last, PJ_WORKORDER nulls last
-- Limit:   most
-- Slow:    yes
with selected as (
  select
    {{ load-columns }}
  from DWH.DW_MES_LOTWIPHISTORY h
  where h.TRACKINTIMESTAMP >= to_date(:time_from, 'YYYY-MM-DD"T"HH24:MI:SS')
    and h.TRACKINTIMESTAMP < to_date(:time_to, 'YYYY-MM-DD"T"HH24:MI:SS')
    and rtrim(h.EQUIPMENTID) in ({{ rows equipment_ids }})
    and h.CONTAINERID is not null
),
{{ container-of-selected }},
{{ workcenter-group }}
{{ loads-of-selected }}
