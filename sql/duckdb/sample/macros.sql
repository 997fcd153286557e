-- Purpose: the functions every sample statement shares. Nothing is random: each value is a hash of what it belongs to.
-- Needs:   variable `seed`.
-- Order:   run first.

-- A non-negative number for a key; another `salt` gives an independent one. Three arguments, because `hash` only XORs
-- its last one in: with two, salts and seeds would differ by a constant.
create temp macro chance(salt, key) as (hash(key, hash(salt, getvariable('seed')), 0) >> 1)::bigint;

create temp macro pick(list, number) as list[(number % len(list)) + 1];

-- The value, but null once in `every` times: practically every column of the plant is nullable.
create temp macro mostly(value, number, every) as case when number % every <> 0 then value end;

-- The value, once in `every` times blank-padded as a CHAR column leaves it.
create temp macro padded(value, number, every) as case when number % every = 0 then rpad(value, 40, ' ') else value end;

-- Ids in the plant's look: 16 lower-case hex digits.
create temp macro row_id(kind, number) as format('4881{:04x}{:08x}', kind, number);

-- Container ids rise with the number, with gaps; the first 8 digits change every 2^18 containers.
create temp macro container_id(number) as format(
  '{:08x}{:08x}',
  1216414592 + (number >> 18) * 10496, -- 0x48810380, then 0x48812c80, …
  169336 + (number & 262143) * 9 + chance('gap', number) % 9
);

-- The number of a slot of a block. The odd stride shuffles the 128 slots, so that ids do not follow the lots' order.
create temp macro number_of(block, slot) as
  block * 128 + (slot * (2 * (chance('stride', block) % 64) + 1) + chance('shift', block)) % 128;

create temp macro resource_id(family, machine) as row_id(384, family * 4096 + machine);

create temp macro resource_name(prefix, machine) as format('{}-{:04d}', prefix, machine);

-- The machine (from 1) that a step of a container runs on. A block keeps to five neighbours, as an order does.
create temp macro machine_at(block, number, step, machines) as
  1 + (chance('bay', block * 32 + step) + chance('machine', number * 32 + step) % 5) % machines;

-- When a step of a lot starts: later steps and later lots later, whole seconds.
create temp macro step_start(first, lot, number, step) as
  first + to_seconds(lot * 1800 + step * 39600 + chance('start', number * 32 + step) % 21600);

-- Quantity left after `part` of a load's `parts` partial track-outs (0: the whole load; `parts`: nothing).
create temp macro remaining(qty, parts, part, number) as
  case
    when part = 0 then qty
    when part >= parts then 0
    else qty - (qty * (part * 10 + number % 9)) // (parts * 10)
  end;
