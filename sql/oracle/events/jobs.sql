-- Purpose: Equipment maintenance orders that name containers of the range: one row for each of them that an order names,
--          once even if it is named twice. The comma lists are split as JSON arrays, which 19c does fastest, and joined
--          with the ids; what cannot stand in JSON, such as a control character, is made a character that no id has. A
--          LIKE for each id would read the table once an id.
--          A list of the 2000 bytes a column has is cut in two, for a text ends at 4000 and every comma becomes three.
-- Binds:   ids list
-- Parts:   rows
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
  select l.JOB_ROW, n.CONTAINERID
  from (
    select rowid as JOB_ROW, CONTAINERIDS, instr(CONTAINERIDS || ',', ',', 990) as CUT
    from DWH.DW_MES_JOB
    where CONTAINERIDS is not null
  ) l
  join (select 1 as HALF from DUAL union all select 2 from DUAL) h on h.HALF = 1 or l.CUT > 0
  cross join json_table(
    '["' || replace(translate(
      case when l.CUT = 0 then l.CONTAINERIDS when h.HALF = 1 then substr(l.CONTAINERIDS, 1, l.CUT - 1)
        else substr(l.CONTAINERIDS, l.CUT + 1) end,
      '"\' || chr(0) || chr(1) || chr(2) || chr(3) || chr(4) || chr(5) || chr(6) || chr(7) || chr(8) || chr(9)
        || chr(10) || chr(11) || chr(12) || chr(13) || chr(14) || chr(15) || chr(16) || chr(17) || chr(18)
        || chr(19) || chr(20) || chr(21) || chr(22) || chr(23) || chr(24) || chr(25) || chr(26) || chr(27)
        || chr(28) || chr(29) || chr(30) || chr(31),
      rpad('?', 34, '?')
    ), ',', '","') || '"]',
    '$[*]' error on error
    columns (CONTAINERID varchar2(2000 char) path '$')
  ) n
),
job_container as (
  select distinct n.JOB_ROW, i.CONTAINERID
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
from job_container m
join DWH.DW_MES_JOB j on j.rowid = m.JOB_ROW
