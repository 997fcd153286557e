-- Rejects that count as yield loss, with data of the lot and the work center group of the spec. Needs `selected` (rows of
-- LOTREJECTHISTORY), lot and spec_group. What counts: a reason of three digits and an underscore (so neither XXX_
-- nor ZZZ_) that is not in the list of excluded ones; no scrap of material; no lot in a PB_ package.
select
  r.CONTAINERID,
  c.CONTAINERNAME,
  c.PJ_TYPE,
  c.PRODUCTLINENAME,
  r.PJ_WORKORDER,
  g.WORK_CENTER_GROUP as WORKCENTER_GROUP,
  coalesce(g.SEQUENCE, 999) as WORKCENTER_GROUP_ORDER,
  r.WORKCENTERNAME,
  r.SPECNAME,
  r.EQUIPMENTNAME,
  r.TXNDATE,
  r.LOSSREASONNAME,
  r.REJECTCATEGORYNAME,
  coalesce(r.REJECTQTY, 0) + coalesce(r.STANDBYQTY, 0) + coalesce(r.QTYTOPROCESS, 0) + coalesce(r.INPROCESSQTY, 0)
    + coalesce(r.PROCESSEDQTY, 0) as REJECT_TOTAL,
  r.REJECTQTY,
  r.STANDBYQTY,
  r.QTYTOPROCESS,
  r.INPROCESSQTY,
  r.PROCESSEDQTY,
  r.DEFECTQTY,
  r.MOVEINQTY,
  r.REJECTCAUSE,
  r.REJECTCOMMENT,
  r.HISTORYMAINLINEID
from selected r
left join lot c on c.CONTAINERID = r.CONTAINERID
left join spec_group g on g.SPEC = trim(r.SPECNAME)
where regexp_like(trim(r.LOSSREASONNAME), '^[0-9]{3}_')
  and not exists (
    select 1
    from DWH.DW_MES_ERP_PJ_WIP_SCRAP_REASONS_EXCLUDE e
    where trim(e.REASON_NAME) = trim(r.LOSSREASONNAME)
  )
  and coalesce(trim(r.REJECTCATEGORYNAME), ' ') <> '原物料報廢'
  and coalesce(trim(c.OBJECTTYPE), ' ') <> 'MATERIAL'
  and substr(coalesce(trim(c.PRODUCTLINENAME), ' '), 1, 3) <> 'PB_'
