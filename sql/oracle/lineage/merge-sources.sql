-- Purpose: What was merged into the given containers: each pair of target and source once. Sources that are null or the
--          target itself are none. LOTID has no index: the ids are joined as rows, in one scan
--          for each part of the list.
-- Binds:   ids list
-- Parts:   rows
-- Columns: TARGETID text, SOURCEID text
-- Order:   TARGETID, SOURCEID
select distinct rtrim(LOTID) as TARGETID, rtrim(CONTAINERID) as SOURCEID
from DWH.DW_MES_PJ_COMBINEDASSYLOTS
where LOTID in ({{ rows ids }})
  and rtrim(CONTAINERID) is not null
  and rtrim(CONTAINERID) <> rtrim(LOTID)
