-- Purpose: What was joined under the serial numbers that the given containers are part of, as sources or as the lot that
--          came out. The serial number `Unknown` is none; a source that is listed twice comes once.
--          LOTID has no index: the ids are joined as rows, in one scan.
-- Binds:   ids list, most whole
-- Columns: FINISHEDNAME text, CONTAINERID text, CONTAINERNAME text, LOTID text, PJ_WORKORDER text, PJ_GOODDIEQTY whole,
--          PJ_COMBINEDRATIO decimal
-- Order:   FINISHEDNAME, CONTAINERNAME nulls last, CONTAINERID nulls last, LOTID nulls last, PJ_WORKORDER nulls last,
--          PJ_GOODDIEQTY nulls last, PJ_COMBINEDRATIO nulls last
-- Limit:   most
-- Slow:    yes
with {{ range-ids }},
serial as (
  select trim(m.FINISHEDNAME) as FINISHEDNAME
  from DWH.DW_MES_PJ_COMBINEDASSYLOTS m
  left join range_ids s on s.CONTAINERID = m.CONTAINERID
  left join range_ids t on t.CONTAINERID = m.LOTID
  where (s.CONTAINERID is not null or t.CONTAINERID is not null)
    and trim(m.FINISHEDNAME) is not null
    and upper(trim(m.FINISHEDNAME)) <> 'UNKNOWN'
)
select distinct
  trim(m.FINISHEDNAME) as FINISHEDNAME,
  rtrim(m.CONTAINERID) as CONTAINERID,
  rtrim(m.CONTAINERNAME) as CONTAINERNAME,
  rtrim(m.LOTID) as LOTID,
  rtrim(m.PJ_WORKORDER) as PJ_WORKORDER,
  m.PJ_GOODDIEQTY,
  m.PJ_COMBINEDRATIO
from DWH.DW_MES_PJ_COMBINEDASSYLOTS m
where trim(m.FINISHEDNAME) in (select FINISHEDNAME from serial)
