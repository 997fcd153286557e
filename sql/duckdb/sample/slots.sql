-- Purpose: the containers of one slice, with all that the other tables need to know of them.
-- Needs:   variables `first_block`, `end_block`, `containers`; table block.
-- Order:   by number, hence by id. The block before the slice is included (`is_new` false): merges reach into it.

create or replace temp table slot as
with
counted as (
  select
    *,
    number_of(block, slot) as number,
    case
      when slot < 2 then { kind: 'wafer', first: 0 }
      when slot = 2 then { kind: 'mother', first: 2 }
      when slot < first_split then { kind: 'lot', first: 3 }
      when slot < first_tmtt then { kind: 'split', first: first_split }
      when slot < first_tail then { kind: 'tmtt', first: first_tmtt }
      when slot < first_combined then { kind: 'tail', first: first_tail }
      when slot < first_gd then { kind: 'combined', first: first_combined }
      when slot < first_material then { kind: 'gd', first: first_gd }
      else { kind: 'material', first: first_material }
    end as span,
    span['kind'] as kind,
    slot - span['first'] as index, -- among those of its kind
    kind in ('split', 'tmtt', 'tail') as is_split
  from block
  cross join range(128) as slots (slot)
  where block between getvariable('first_block') - 1 and getvariable('end_block') - 1
),
related as (
  select
    * exclude (span),
    block >= getvariable('first_block') as is_new,
    container_id(number) as id,
    chance('container', number) as fate,
    case
      when kind = 'lot' then index
      when is_split and is_chain then 0
      when is_split then index % split_lots
    end as lot, -- the lot it is, or was split from
    case when is_chain then index else index // split_lots end + 1 as split_no,
    case
      when kind = 'lot' and has_cycle and index = 1 then first_split + 1
      when kind = 'lot' and has_mother then 2
      when kind = 'split' and is_chain and index > 0 then slot - 1
      when kind = 'split' then 3 + lot
      when kind = 'tmtt' then slot - splits
      when kind = 'tail' then slot - tmtt_splits
    end as parent_slot,
    case
      when kind in ('wafer', 'material') then kind
      else 'lot'
    end as sort
  from counted
  where number < getvariable('containers')
)
select
  *,
  case when kind = 'gd' then gd_order_name when sort = 'lot' then order_name end as order_of,
  format('{}-A00-{:03d}', order_name, lot + 1) as lot_name,
  case kind
    when 'wafer' then case when index = 0 then wafer_a else wafer_b end
    when 'mother' then order_name || '-A00'
    when 'lot' then lot_name
    when 'split' then format('{}-{:02d}', lot_name, split_no)
    when 'tmtt' then format('{}-{:02d}C', lot_name, split_no)
    when 'tail' then format('{}-{:02d}C-01', lot_name, split_no)
    when 'combined' then format('{}-A{:02d}', order_name, index + 1)
    when 'gd' then format('{}-A{:02d}', gd_order_name, index + 11)
    else format('MT-{:07d}', number)
  end as name,
  case when fate % 2 = 0 then wafer_a else wafer_b end as wafer,
  case kind
    when 'mother' then 600000
    when 'lot' then 12000 + chance('qty', number) % 60 * 720
    when 'wafer' then 1 + fate % 25
    when 'material' then 1 + fate % 3000000
    when 'combined' then 30000 + chance('qty', number) % 50 * 600
    else 360 + chance('qty', number) % 50 * 120
  end as qty,
  -- The steps of the flow it goes through: from `step_from`, up to but not `step_to`.
  case kind
    when 'mother' then 0 when 'lot' then 1 when 'split' then 8 + fate % 4 when 'gd' then 12
    when 'tmtt' then 16 when 'tail' then 17 when 'combined' then 17
  end as step_from,
  case kind
    when 'mother' then 3 when 'lot' then 20 - fate % 6 when 'split' then 20 - fate % 4
    when 'wafer' then null when 'material' then null else 20
  end as step_to,
  case
    when sort <> 'lot' then 8
    when fate % 17 = 0 and (month >= getvariable('months') - 2 or fate % 11 = 0) then 2
    when month < getvariable('months') - 1 then [8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 4, 4, 128][1 + fate % 13]
    else [1, 1, 16, 1, 64, 32, 4][1 + fate % 7]
  end as status,
  coalesce(lot, index) as turn -- staggers the starts
from related
order by number;
