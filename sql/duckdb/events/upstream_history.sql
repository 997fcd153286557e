-- Purpose: History reduced to the latest load of each container, work center and machine, with the work center group.
--          Partial track-outs of one load have the same spec and track-in: TRACKINQTY, which falls from one to the next,
--          is the greatest of them, TRACKOUTQTY their sum, TRACKOUTTIMESTAMP the latest. Null quantities are 0.
-- Binds:   ids list
-- Spans:   history DWH.DW_MES_LOTWIPHISTORY, container DWH.DW_MES_CONTAINER
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PRODUCTLINENAME text, WORKCENTER_GROUP text,
--          WORKCENTER_GROUP_ORDER whole, WORKCENTERNAME text, SPECNAME text, EQUIPMENTID text, EQUIPMENTNAME text,
--          TRACKINTIMESTAMP time, TRACKOUTTIMESTAMP time, TRACKINQTY whole, TRACKOUTQTY whole
-- Order:   CONTAINERID, TRACKINTIMESTAMP, WORKCENTERNAME nulls last, EQUIPMENTID
with {{ range-ids }},
{{ container-of-range }},
selected as materialized (
  select
    h.CONTAINERID,
    h.WORKCENTERNAME,
    h.SPECNAME,
    h.EQUIPMENTID,
    h.EQUIPMENTNAME,
    h.TRACKINTIMESTAMP,
    max(h.TRACKOUTTIMESTAMP) over load as TRACKOUTTIMESTAMP,
    coalesce(h.TRACKINQTY, 0) as TRACKINQTY,
    cast(coalesce(sum(h.TRACKOUTQTY) over load, 0) as bigint) as TRACKOUTQTY
  from DWH.DW_MES_LOTWIPHISTORY h
  where h.rowid between $history_from and $history_to
    and h.CONTAINERID between $ids_first and $ids_last
    and h.CONTAINERID in (select CONTAINERID from range_ids)
    and h.EQUIPMENTID is not null
    and h.TRACKINTIMESTAMP is not null
  window load as (partition by h.CONTAINERID, h.WORKCENTERNAME, h.EQUIPMENTID, h.SPECNAME, h.TRACKINTIMESTAMP)
  qualify row_number() over (
    partition by h.CONTAINERID, h.WORKCENTERNAME, h.EQUIPMENTID
    order by h.TRACKINTIMESTAMP desc, h.TRACKINQTY desc nulls last, h.TRACKOUTTIMESTAMP desc nulls last,
      h.SPECNAME nulls last, h.TRACKOUTQTY desc nulls last, h.WIPLOTHISTORYID nulls last,
      h.EQUIPMENTNAME nulls last
  ) = 1
),
{{ workcenter-group }}
select
  s.CONTAINERID,
  c.CONTAINERNAME,
  c.PJ_TYPE,
  c.PRODUCTLINENAME,
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
left join container c on c.CONTAINERID = s.CONTAINERID
left join workcenter_group g on g.WORKCENTERNAME = s.WORKCENTERNAME
