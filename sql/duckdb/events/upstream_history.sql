-- Purpose: History reduced to the latest track-in of each container, work center and machine, with the work center
--          group. Of several partial track-outs of that load the row with the full quantity counts: TRACKINQTY falls from
--          one to the next. Null quantities are 0.
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
    CONTAINERID,
    WORKCENTERNAME,
    SPECNAME,
    EQUIPMENTID,
    EQUIPMENTNAME,
    TRACKINTIMESTAMP,
    TRACKOUTTIMESTAMP,
    coalesce(TRACKINQTY, 0) as TRACKINQTY,
    coalesce(TRACKOUTQTY, 0) as TRACKOUTQTY
  from DWH.DW_MES_LOTWIPHISTORY
  where rowid between $history_from and $history_to
    and CONTAINERID between $ids_first and $ids_last
    and CONTAINERID in (select CONTAINERID from range_ids)
    and EQUIPMENTID is not null
    and TRACKINTIMESTAMP is not null
  qualify row_number() over (
    partition by CONTAINERID, WORKCENTERNAME, EQUIPMENTID
    order by TRACKINTIMESTAMP desc, TRACKINQTY desc nulls last, TRACKOUTTIMESTAMP desc nulls last,
      SPECNAME nulls last, TRACKOUTQTY desc nulls last, WIPLOTHISTORYID nulls last, EQUIPMENTNAME nulls last
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
