-- Purpose: DW_MES_LOTREJECTHISTORY of one slice.
-- Needs:   table load (history.sql).
-- Order:   by container, step and reason.
-- Traps:   several reasons of one HISTORYMAINLINEID that repeat MOVEINQTY, rejects booked at another machine or after
--          the lot has left the spec, null reasons, XXX_ and ZZZ_ reasons, comments with anything in them.
-- Signal:  machine 241 of GWBK makes far more `043_NSOP` than its neighbours, for defect analysis to find.

insert into DWH.DW_MES_LOTREJECTHISTORY by name
with
booking as (
  select
    *,
    chance('booking', number * 32 + step) as booking_fate,
    prefix = 'GWBK' and machine = 241 as is_bad_machine
  from load
  where booking_fate % 10 < 2 or is_bad_machine
),
reject as (
  select
    *,
    unnest(range([1, 1, 2, 3][1 + booking_fate // 16 % 4])) as item,
    chance('reject', (number * 32 + step) * 4 + item) as reason_fate
  from booking
)
select
  row_id(752, number * 32 + step) as HISTORYMAINLINEID,
  mostly(id, reason_fate, 19997) as CONTAINERID,
  mostly(order_of, reason_fate, 211) as PJ_WORKORDER,
  mostly(workcenter, reason_fate, 199) as WORKCENTERNAME,
  spec_id as SPECID,
  padded(mostly(spec, reason_fate, 197), reason_fate, 31) as SPECNAME,
  case
    when booking_fate % 11 = 0 then resource_name(prefix, 1 + (machine + 6) % machines)
    else mostly(resource_name(prefix, machine), reason_fate, 23)
  end as EQUIPMENTNAME,
  track_in + to_seconds(case when booking_fate % 13 = 0 then 259200 else 1800 end + booking_fate % 7200) as TXNDATE,
  case
    when is_bad_machine and item = 0 then '043_NSOP'
    -- The first 19 of the list are the usual ones.
    else mostly(
      pick(getvariable('loss_reasons'), reason_fate // 4 % case when reason_fate % 4 > 0 then 19 else 10000 end),
      reason_fate,
      41
    )
  end as LOSSREASONNAME,
  mostly(pick(['製程報廢', '測試不良', '外觀不良', '原物料報廢'], reason_fate // 8), reason_fate, 37)
    as REJECTCATEGORYNAME,
  case when is_bad_machine then qty // 20 else 0 end + reason_fate % (2 + qty // 400) as REJECTQTY,
  case when reason_fate % 9 = 0 then reason_fate % 30 else mostly(0, reason_fate, 5) end as STANDBYQTY,
  case when reason_fate % 15 = 0 then reason_fate % 20 else mostly(0, reason_fate, 5) end as QTYTOPROCESS,
  case when reason_fate % 21 = 0 then reason_fate % 12 else mostly(0, reason_fate, 5) end as INPROCESSQTY,
  case when reason_fate % 18 = 0 then reason_fate % 9 else mostly(0, reason_fate, 5) end as PROCESSEDQTY,
  case when reason_fate % 7 = 0 then reason_fate % 60 else mostly(0, reason_fate, 5) end as DEFECTQTY,
  qty as MOVEINQTY,
  case when reason_fate % 3 = 0 then pick(['人', '機', '料', '法', '環'], reason_fate // 4) end as REJECTCAUSE,
  case when reason_fate % 4 = 0 then pick(getvariable('comments'), reason_fate // 8) end as REJECTCOMMENT,
  row_id(736, number * 32 + step) as WIPTRACKINGGROUPKEYID
from reject
order by number, step, item;
