-- Purpose: Splits and combinations that the given containers came out of or went into, from `since` on (null: all). One
--          without a time is part of the whole history only.
-- Binds:   ids list, since time, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, FROMCONTAINERID text, FROMCONTAINERNAME text, CDONAME text,
--          CALLBYCDONAME text, QTY whole, TXNDATE time, HISTORYMAINLINEID text
-- Order:   TXNDATE desc nulls last, HISTORYMAINLINEID nulls last, CONTAINERID nulls last, FROMCONTAINERID nulls last,
--          CDONAME, CALLBYCDONAME nulls last, QTY nulls last, CONTAINERNAME nulls last, FROMCONTAINERNAME nulls last
-- Limit:   most
-- Slow:    yes
-- Timeout: 120
with {{ range-ids }}
select
  m.CONTAINERID,
  m.CONTAINERNAME,
  m.FROMCONTAINERID,
  m.FROMCONTAINERNAME,
  m.CDONAME,
  m.CALLBYCDONAME,
  m.QTY,
  m.TXNDATE,
  m.HISTORYMAINLINEID
from DWH.DW_MES_HM_LOTMOVEOUT m
where trim(m.CDONAME) in ('SplitLot', 'CombineLot')
  and (cast($since as timestamp) is null or m.TXNDATE >= cast($since as timestamp))
  and (
    m.CONTAINERID in (select CONTAINERID from range_ids)
    or m.FROMCONTAINERID in (select CONTAINERID from range_ids)
  )
