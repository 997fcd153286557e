-- Purpose: The groups of work centers in the order of the flow.
-- Binds:   none
-- Columns: WORKCENTER_GROUP text, WORKCENTER_GROUP_ORDER whole
-- Order:   WORKCENTER_GROUP_ORDER
with selected as (
  select DUMMY as WORKCENTERNAME from dual where 1 = 0
),
{{ workcenter-group }}
select WORKCENTER_GROUP, PLACE as WORKCENTER_GROUP_ORDER
from workcenter_group_name
