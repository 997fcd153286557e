-- Purpose: one row a block. A block is a work order and its whole family: 128 consecutive container numbers.
-- Needs:   variables `blocks`, `months`, `first_month`, `reserved_sequences`; tables product.
-- Slots:   0 and 1 wafers, 2 mother lot, 3 lots, then from `first_…` on splits, TMTT splits, tails, combined lots, GD
--          lots and three materials.

create temp table block as
with
shape as (
  select
    block,
    chance('block', block) as order_fate,
    40 + chance('lots', block) % 21 as lots,
    10 + chance('combined', block) % 6 as combined,
    chance('gd', block) % 6 as gds,
    -- Orders follow time, but not exactly.
    least(greatest(block + chance('late', block) % 5 - 2, 0), getvariable('blocks') - 1)
      * getvariable('months') // getvariable('blocks') as month,
    -- Four digits, unique within a month; those of the trap family are stepped around.
    (block + case when block % 10000 in (select unnest(getvariable('reserved_sequences'))) then 5000 else 0 end) % 10000
      as sequence
  from range(getvariable('blocks')) as blocks (block)
),
split_up as (
  select
    *,
    122 - lots - combined - gds as all_splits,
    (all_splits * 25) // 100 as tmtt_splits,
    (all_splits * 15) // 100 as tails,
    all_splits - tmtt_splits - tails as splits
  from shape
),
laid_out as (
  select
    *,
    3 + lots as first_split,
    first_split + splits as first_tmtt,
    first_tmtt + tmtt_splits as first_tail,
    first_tail + tails as first_combined,
    first_combined + combined as first_gd,
    first_gd + gds as first_material,
    8 + chance('fan', block) % (lots - 8) as split_lots, -- the splits come from this many of the lots
    order_fate % 23 = 0 as is_chain, -- its splits are one chain, deeper than any walk goes
    order_fate % 29 = 1 and not is_chain as has_cycle,
    order_fate % 4 <> 3 as has_mother,
    getvariable('first_month')::timestamp + to_months(month::integer) as month_start,
    strftime(month_start, '%y%m') || format('{:04d}', sequence) as order_number
  from split_up
)
select
  laid_out.*,
  case when order_fate % 12 = 5 then 'GC' else 'GA' end || order_number as order_name,
  'GD' || order_number as gd_order_name,
  month_start + to_seconds(chance('day', block) % (12 * 86400)) as starts_at,
  case block % 10
    when 0 then format('GMZN-{:04d}', 1000 + block // 10)
    when 1 then format('TXZN-{:04d}', 1000 + block // 10)
    when 2 then format('{:05d}S{:02d}T-5K{:02d}R', 60000 + block, order_fate % 4, order_fate % 90)
    when 3 then format('PSMS-{:04d}#RF{:05X}', chance('wafer', block) % 10000, block)
    else format('GMSN-{:04d}#{:06X}', chance('wafer', block) % 10000, block)
  end as wafer_a,
  format('PSMS-{:04d}#W{:05X}', chance('wafer', block) % 10000, block) as wafer_b,
  product.*,
  left(product.bop, 3) || '_' || product.package as workflow,
  product.type || '_R1_00001' as product_name
from laid_out
join product on product.product = chance('product', laid_out.block) % (select count(*) from product)
order by block;
