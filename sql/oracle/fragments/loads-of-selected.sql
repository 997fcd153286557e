-- Track-ins with data of the lot and the work center group. Needs `selected` (load-columns), lot, workcenter_group.
select
  s.CONTAINERID,
  c.CONTAINERNAME,
  c.PJ_TYPE,
  c.PJ_BOP,
  c.PRODUCTLINENAME,
  c.FIRSTNAME as WAFER_LOT,
  s.PJ_WORKORDER,
  s.FINISHEDRUNCARD,
  g.WORKCENTER_GROUP,
  s.WORKCENTERNAME,
  s.SPECNAME,
  s.WORKFLOWNAME,
  s.PRODUCTNAME,
  s.EQUIPMENTID,
  s.EQUIPMENTNAME,
  s.TRACKINTIMESTAMP,
  s.TRACKINQTY,
  s.TRACKOUTTIMESTAMP,
  s.TRACKOUTQTY
from selected s
left join lot c on c.CONTAINERID = s.CONTAINERID
left join workcenter_group g on g.WORKCENTERNAME = s.WORKCENTERNAME
