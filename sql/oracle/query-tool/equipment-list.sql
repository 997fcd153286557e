-- Purpose: The machines that lots run on, those of assembly and wafer sort, with their work center group.
-- Binds:   most whole
-- Columns: RESOURCEID text, RESOURCENAME text, RESOURCEFAMILYNAME text, OBJECTCATEGORY text, WORKCENTER_GROUP text,
--          WORKCENTER_GROUP_ORDER whole, WORKCENTERNAME text
-- Order:   WORKCENTER_GROUP_ORDER, WORKCENTERNAME nulls last, RESOURCENAME nulls last, RESOURCEID,
--          RESOURCEFAMILYNAME nulls last, OBJECTCATEGORY
-- Limit:   most
with selected as (
  select distinct RESOURCEID, RESOURCENAME, RESOURCEFAMILYNAME, OBJECTCATEGORY, WORKCENTERNAME
  from DWH.DW_MES_RESOURCE
  where trim(OBJECTCATEGORY) in ('ASSEMBLY', 'WAFERSORT')
    and RESOURCEID is not null
),
{{ workcenter-group }}
select
  s.RESOURCEID,
  s.RESOURCENAME,
  s.RESOURCEFAMILYNAME,
  s.OBJECTCATEGORY,
  g.WORKCENTER_GROUP,
  coalesce(g.WORKCENTER_GROUP_ORDER, 999) as WORKCENTER_GROUP_ORDER,
  s.WORKCENTERNAME
from selected s
left join workcenter_group g on g.WORKCENTERNAME = s.WORKCENTERNAME
