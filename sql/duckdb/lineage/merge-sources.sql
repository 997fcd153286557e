-- Purpose: What was merged into the given containers: each pair of target and source once. Sources that are null or the
--          target itself are none.
-- Binds:   ids list
-- Columns: TARGETID text, SOURCEID text
-- Order:   TARGETID, SOURCEID
select distinct rtrim(LOTID) as TARGETID, rtrim(CONTAINERID) as SOURCEID
from DWH.DW_MES_PJ_COMBINEDASSYLOTS
where LOTID in (select unnest($ids))
  and rtrim(CONTAINERID) <> ''
  and rtrim(CONTAINERID) <> rtrim(LOTID)
