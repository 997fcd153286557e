-- Purpose: How many containers the detection set has.
-- Binds:   groups list, since time, until time
-- Columns: CONTAINERS whole
-- Order:   CONTAINERS
-- Slow:    yes
with {{ detection-track-ins }},
{{ workcenter-group }},
{{ detection-set }}
select count(*) as CONTAINERS
from detected
