-- Purpose: Splits and combinations that the given containers came out of or went into, from `since` on (null: all). One
--          without a time is part of the whole history only. Each case is a branch of its own: the index on
--          TXNDATE serves the first, one scan the second.
-- Binds:   ids list, since time, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, FROMCONTAINERID text, FROMCONTAINERNAME text, CDONAME text,
--          CALLBYCDONAME text, QTY whole, TXNDATE time, HISTORYMAINLINEID text
-- Order:   TXNDATE desc nulls last, HISTORYMAINLINEID nulls last, CONTAINERID nulls last, FROMCONTAINERID nulls last,
--          CDONAME, CALLBYCDONAME nulls last, QTY nulls last, CONTAINERNAME nulls last, FROMCONTAINERNAME nulls last
-- Limit:   most
-- Slow:    yes
-- Timeout: 120
with {{ range-ids }},
moved as (
  select CONTAINERID, CONTAINERNAME, FROMCONTAINERID, FROMCONTAINERNAME, CDONAME, CALLBYCDONAME, QTY, TXNDATE,
    HISTORYMAINLINEID
  from DWH.DW_MES_HM_LOTMOVEOUT
  where :since is not null
    and TXNDATE >= to_date(:since, 'YYYY-MM-DD"T"HH24:MI:SS')
  union all
  select CONTAINERID, CONTAINERNAME, FROMCONTAINERID, FROMCONTAINERNAME, CDONAME, CALLBYCDONAME, QTY, TXNDATE,
    HISTORYMAINLINEID
  from DWH.DW_MES_HM_LOTMOVEOUT
  where :since is null
)
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
from moved m
left join range_ids t on t.CONTAINERID = m.CONTAINERID
left join range_ids f on f.CONTAINERID = m.FROMCONTAINERID
where trim(m.CDONAME) in ('SplitLot', 'CombineLot')
  and (t.CONTAINERID is not null or f.CONTAINERID is not null)
