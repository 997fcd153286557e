-- Purpose: Equipment maintenance orders of the given machines that overlap the time from `time_from` to `time_to`, both
--          included: begun by its end, and closed after its beginning or, while still open, begun within it. A cancelled
--          order is closed when it was cancelled.
-- Binds:   equipment_ids list, time_from time, time_to time, most whole
-- Columns: JOBID text, RESOURCEID text, RESOURCENAME text, JOBSTATUS text, JOBMODELNAME text, JOBORDERNAME text,
--          CREATEDATE time, COMPLETEDATE time, CANCELDATE time, CAUSECODENAME text, REPAIRCODENAME text,
--          SYMPTOMCODENAME text, PJ_CAUSECODE2NAME text, PJ_REPAIRCODE2NAME text, PJ_SYMPTOMCODE2NAME text,
--          CONTAINERIDS text, CONTAINERNAMES text, PARTREQUESTORDERNAME text
-- Order:   CREATEDATE desc, JOBID nulls last, RESOURCEID, RESOURCENAME nulls last, JOBSTATUS nulls last,
--          COMPLETEDATE nulls last, CANCELDATE nulls last, JOBORDERNAME nulls last, JOBMODELNAME nulls last,
--          CAUSECODENAME nulls last, REPAIRCODENAME nulls last, SYMPTOMCODENAME nulls last, CONTAINERIDS nulls last,
--          CONTAINERNAMES nulls last, PARTREQUESTORDERNAME nulls last, PJ_CAUSECODE2NAME nulls last,
--          PJ_REPAIRCODE2NAME nulls last, PJ_SYMPTOMCODE2NAME nulls last
-- Limit:   most
-- Slow:    yes
select
  {{ order-columns }}
from DWH.DW_MES_JOB
where rtrim(RESOURCEID) in (select unnest($equipment_ids))
  and CREATEDATE <= cast($time_to as timestamp)
  and coalesce(COMPLETEDATE, CANCELDATE, CREATEDATE) >= cast($time_from as timestamp)
