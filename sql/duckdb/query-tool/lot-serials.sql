-- Purpose: What was joined under the serial numbers that the given containers are part of, as sources or as the lot that
--          came out. The serial number `Unknown` is none; a source that is listed twice comes once.
-- Binds:   ids list, most whole
-- Columns: FINISHEDNAME text, CONTAINERID text, CONTAINERNAME text, LOTID text, PJ_WORKORDER text, PJ_GOODDIEQTY whole,
--          PJ_COMBINEDRATIO decimal
-- Order:   FINISHEDNAME, CONTAINERNAME nulls last, CONTAINERID nulls last, LOTID nulls last, PJ_WORKORDER nulls last,
--          PJ_GOODDIEQTY nulls last, PJ_COMBINEDRATIO nulls last
-- Limit:   most
-- Slow:    yes
with {{ range-ids }},
serial as (
  select trim(FINISHEDNAME) as FINISHEDNAME
  from DWH.DW_MES_PJ_COMBINEDASSYLOTS
  where (CONTAINERID in (select CONTAINERID from range_ids) or LOTID in (select CONTAINERID from range_ids))
    and trim(FINISHEDNAME) <> ''
    and upper(trim(FINISHEDNAME)) <> 'UNKNOWN'
)
select distinct
  trim(m.FINISHEDNAME) as FINISHEDNAME,
  nullif(rtrim(m.CONTAINERID), '') as CONTAINERID,
  nullif(rtrim(m.CONTAINERNAME), '') as CONTAINERNAME,
  nullif(rtrim(m.LOTID), '') as LOTID,
  nullif(rtrim(m.PJ_WORKORDER), '') as PJ_WORKORDER,
  m.PJ_GOODDIEQTY,
  m.PJ_COMBINEDRATIO
from DWH.DW_MES_PJ_COMBINEDASSYLOTS m
where trim(m.FINISHEDNAME) in (select FINISHEDNAME from serial)
