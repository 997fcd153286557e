-- Purpose: Holds of the range's containers, with data of the lot. HOLD_STATUS is HOLD until the release; HOLD_HOURS runs
--          from the hold to the release, or to `now` while it is still held, in hours with two decimals.
-- Binds:   ids list, now time
-- Parts:   rows
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PRODUCTLINENAME text, PJ_WORKORDER text,
--          WORKCENTERNAME text, FROMSPECNAME text, QTY whole, HOLD_STATUS text, HOLD_HOURS double, HOLDTXNDATE time,
--          HOLDREASONNAME text, HOLDEMP text, HOLDEMPDEPTNAME text, HOLDCOMMENTS text, RELEASETXNDATE time,
--          RELEASEREASONNAME text, RELEASEEMP text, RELEASECOMMENTS text, NCRID text, FUTUREHOLDCOMMENTS text,
--          HISTORYMAINLINEID text
-- Order:   HOLDTXNDATE desc nulls last, CONTAINERID, HISTORYMAINLINEID nulls last, RELEASETXNDATE nulls last,
--          HOLDREASONNAME nulls last, WORKCENTERNAME nulls last, FROMSPECNAME nulls last, QTY nulls last,
--          HOLDEMP nulls last, HOLDCOMMENTS nulls last, RELEASEREASONNAME nulls last, RELEASEEMP nulls last,
--          RELEASECOMMENTS nulls last, NCRID nulls last, FUTUREHOLDCOMMENTS nulls last, PJ_WORKORDER nulls last,
--          HOLDEMPDEPTNAME nulls last
with {{ container-of-range }}
select
  h.CONTAINERID,
  l.CONTAINERNAME,
  l.PJ_TYPE,
  l.PRODUCTLINENAME,
  h.PJ_WORKORDER,
  h.WORKCENTERNAME,
  h.FROMSPECNAME,
  h.QTY,
  case when h.RELEASETXNDATE is null then 'HOLD' else 'RELEASED' end as HOLD_STATUS,
  round(
    round((coalesce(h.RELEASETXNDATE, to_date(:now, 'YYYY-MM-DD"T"HH24:MI:SS')) - h.HOLDTXNDATE) * 86400) / 36
  ) / 100 as HOLD_HOURS,
  h.HOLDTXNDATE,
  h.HOLDREASONNAME,
  h.HOLDEMP,
  h.HOLDEMPDEPTNAME,
  h.HOLDCOMMENTS,
  h.RELEASETXNDATE,
  h.RELEASEREASONNAME,
  h.RELEASEEMP,
  h.RELEASECOMMENTS,
  h.NCRID,
  h.FUTUREHOLDCOMMENTS,
  h.HISTORYMAINLINEID
from DWH.DW_MES_HOLDRELEASEHISTORY h
left join lot l on l.CONTAINERID = h.CONTAINERID
where h.CONTAINERID in ({{ list ids }})
