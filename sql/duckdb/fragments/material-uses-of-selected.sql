-- Uses of material with the name of the lot. Needs `selected` (rows of LOTMATERIALSHISTORY). Of rows with one container,
-- material lot, work center and time the first counts; rows that do not say their material lot are told apart by the
-- part.
distinct_use as (
  select *
  from selected
  where CONTAINERID is not null
  qualify row_number() over (
    partition by CONTAINERID, nullif(trim(MATERIALLOTNAME), ''), nullif(trim(WORKCENTERNAME), ''), TXNDATE,
      case when nullif(trim(MATERIALLOTNAME), '') is null then trim(MATERIALPARTNAME) end
    order by MATERIALPARTNAME nulls last, EQUIPMENTNAME nulls last, VENDORLOTNUMBER nulls last, QTYCONSUMED nulls last,
      QTYREQUIRED nulls last, PJ_WORKORDER nulls last, PRIMARY_CATEGORY nulls last, SECONDARY_CATEGORY nulls last,
      MATERIALLOTNAME nulls last, WORKCENTERNAME nulls last
  ) = 1
),
lot as (
  select CONTAINERID, min(CONTAINERNAME) as CONTAINERNAME
  from DWH.DW_MES_CONTAINER
  where CONTAINERID in (select CONTAINERID from distinct_use)
  group by CONTAINERID
)
select
  u.CONTAINERID,
  l.CONTAINERNAME,
  u.PJ_WORKORDER,
  u.WORKCENTERNAME,
  u.MATERIALPARTNAME,
  u.MATERIALLOTNAME,
  u.VENDORLOTNUMBER,
  u.QTYREQUIRED,
  u.QTYCONSUMED,
  u.EQUIPMENTNAME,
  u.TXNDATE,
  u.PRIMARY_CATEGORY,
  u.SECONDARY_CATEGORY
from distinct_use u
left join lot l on l.CONTAINERID = u.CONTAINERID
