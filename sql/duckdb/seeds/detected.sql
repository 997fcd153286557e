-- Purpose: The detection set as seeds: containers that were tracked in at one of the work center groups from `since` until
--          before `until`, each once, with the group of its latest track-in: the first `most` of them by id.
-- Binds:   groups list, since time, until time, most whole
-- Columns: container_id text, lot_id text, input_value text, spec_name text, qty whole
-- Order:   container_id
-- Slow:    yes
with {{ detection-track-ins }},
{{ workcenter-group }},
{{ detection-set }}
select
  d.CONTAINERID as container_id,
  c.CONTAINERNAME as lot_id,
  d.WORKCENTER_GROUP as input_value,
  c.SPECNAME as spec_name,
  c.QTY as qty
from (select CONTAINERID, WORKCENTER_GROUP from detected order by CONTAINERID limit $most) d
left join DWH.DW_MES_CONTAINER c on c.CONTAINERID = d.CONTAINERID
