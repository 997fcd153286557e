-- Purpose: Serial numbers that the given containers became part of, each once a container. A lot whose number is not
--          known is booked as Unknown, in any case, which is none.
-- Binds:   ids list
-- Parts:   rows
-- Columns: CONTAINERID text, FINISHEDNAME text
-- Order:   CONTAINERID, FINISHEDNAME
select distinct rtrim(CONTAINERID) as CONTAINERID, trim(FINISHEDNAME) as FINISHEDNAME
from DWH.DW_MES_PJ_COMBINEDASSYLOTS
where CONTAINERID in ({{ list ids }})
  and upper(trim(FINISHEDNAME)) <> 'UNKNOWN'
