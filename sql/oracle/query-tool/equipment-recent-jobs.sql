-- Purpose: The latest `most` equipment maintenance orders of a machine that were made from `since` on, whatever became of
--          them. The machine is looked for between its id and its id with 40 blanks behind: in the index on
--          RESOURCEID, padded or not.
-- Binds:   equipment_id text, since time, most whole
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
select /*+ index(j (RESOURCEID)) */
  {{ order-columns }}
from DWH.DW_MES_JOB j
where RESOURCEID between :equipment_id and :equipment_id || rpad(' ', 40)
  and rtrim(RESOURCEID) = :equipment_id
  and CREATEDATE >= to_date(:since, 'YYYY-MM-DD"T"HH24:MI:SS')
