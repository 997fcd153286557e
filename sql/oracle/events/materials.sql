-- Purpose: Materials that went into the range's containers, with data of the lot.
-- Binds:   ids list
-- Parts:   rows
-- Columns: CONTAINERID text, CONTAINERNAME text, PJ_TYPE text, PRODUCTLINENAME text, PJ_WORKORDER text,
--          WORKCENTERNAME text, SPECNAME text, EQUIPMENTID text, EQUIPMENTNAME text, MATERIALPARTNAME text,
--          DESCRIPTION text, MATERIALLOTNAME text, VENDORLOTNUMBER text, QTYREQUIRED decimal, CONSUMEFACTOR decimal,
--          QTYCONSUMED double, UOMNAME text, TXNDATE time, PRIMARY_CATEGORY text, SECONDARY_CATEGORY text
-- Order:   TXNDATE nulls last, CONTAINERID, MATERIALPARTNAME nulls last, MATERIALLOTNAME nulls last,
--          EQUIPMENTNAME nulls last, SPECNAME nulls last, WORKCENTERNAME nulls last, QTYCONSUMED nulls last,
--          QTYREQUIRED nulls last, CONSUMEFACTOR nulls last, VENDORLOTNUMBER nulls last, EQUIPMENTID nulls last,
--          PJ_WORKORDER nulls last, DESCRIPTION nulls last, UOMNAME nulls last, PRIMARY_CATEGORY nulls last,
--          SECONDARY_CATEGORY nulls last
with {{ container-of-range }}
select
  m.CONTAINERID,
  l.CONTAINERNAME,
  l.PJ_TYPE,
  l.PRODUCTLINENAME,
  m.PJ_WORKORDER,
  m.WORKCENTERNAME,
  m.SPECNAME,
  m.EQUIPMENTID,
  m.EQUIPMENTNAME,
  m.MATERIALPARTNAME,
  m.DESCRIPTION,
  m.MATERIALLOTNAME,
  m.VENDORLOTNUMBER,
  m.QTYREQUIRED,
  m.CONSUMEFACTOR,
  m.QTYCONSUMED,
  m.UOMNAME,
  m.TXNDATE,
  m.PRIMARY_CATEGORY,
  m.SECONDARY_CATEGORY
from DWH.DW_MES_LOTMATERIALSHISTORY m
left join lot l on l.CONTAINERID = m.CONTAINERID
where m.CONTAINERID in ({{ list ids }})
