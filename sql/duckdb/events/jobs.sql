-- Purpose: Equipment maintenance orders that name containers of the range: one row for each of them that an order names,
--          once even if it is named twice. The comma lists are split and joined with the ids; a LIKE for each id would
--          read the table once an id.
-- Binds:   ids list
-- Columns: CONTAINERID text, JOBID text, RESOURCEID text, RESOURCENAME text, JOBSTATUS text, JOBMODELNAME text,
--          JOBORDERNAME text, CREATEDATE time, COMPLETEDATE time, CANCELDATE time, CAUSECODENAME text,
--          REPAIRCODENAME text, SYMPTOMCODENAME text, PJ_CAUSECODE2NAME text, PJ_REPAIRCODE2NAME text,
--          PJ_SYMPTOMCODE2NAME text, CONTAINERIDS text, CONTAINERNAMES text, PARTREQUESTORDERNAME text
-- Order:   CREATEDATE desc nulls last, JOBID nulls last, CONTAINERID, RESOURCEID nulls last, RESOURCENAME nulls last,
--          JOBSTATUS nulls last, COMPLETEDATE nulls last, CANCELDATE nulls last, JOBORDERNAME nulls last,
--          JOBMODELNAME nulls last, CAUSECODENAME nulls last, REPAIRCODENAME nulls last, SYMPTOMCODENAME nulls last,
--          CONTAINERIDS nulls last, CONTAINERNAMES nulls last, PARTREQUESTORDERNAME nulls last,
--          PJ_CAUSECODE2NAME nulls last, PJ_REPAIRCODE2NAME nulls last, PJ_SYMPTOMCODE2NAME nulls last
-- Slow:    yes
with {{ range-ids }},
named as (
  select rowid as ROW_NUMBER, unnest(string_split(CONTAINERIDS, ',')) as CONTAINERID
  from DWH.DW_MES_JOB
  where CONTAINERIDS is not null
),
matched as (
  select distinct n.ROW_NUMBER, i.CONTAINERID
  from named n
  join range_ids i on i.CONTAINERID = trim(n.CONTAINERID)
)
select
  m.CONTAINERID,
  j.JOBID,
  j.RESOURCEID,
  j.RESOURCENAME,
  j.JOBSTATUS,
  j.JOBMODELNAME,
  j.JOBORDERNAME,
  j.CREATEDATE,
  j.COMPLETEDATE,
  j.CANCELDATE,
  j.CAUSECODENAME,
  j.REPAIRCODENAME,
  j.SYMPTOMCODENAME,
  j.PJ_CAUSECODE2NAME,
  j.PJ_REPAIRCODE2NAME,
  j.PJ_SYMPTOMCODE2NAME,
  j.CONTAINERIDS,
  j.CONTAINERNAMES,
  j.PARTREQUESTORDERNAME
from matched m
join DWH.DW_MES_JOB j on j.rowid = m.ROW_NUMBER
