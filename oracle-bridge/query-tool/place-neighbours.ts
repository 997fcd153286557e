import type { Row } from '../warehouse/warehouse.ts';
import { loadKeyOf } from './merge-partials.ts';

/** Loads on either side of the target, at least; more until the type changes. */
const LEAST_NEIGHBOURS = 3;

/**
 * The loads around a time at one machine. The target is the one that was tracked in last by then, or the first one if
 * there is none before. On each side there are at least three loads, and as many more as it takes to come to the first
 * one of another type than the target's; that one is the last. RELATIVE_POSITION counts loads from the target (0), less
 * than 0 before it.
 * @param rows In the order of their track-in; rows of one load follow each other and have the same position.
 */
export function placeNeighbours(rows: readonly Row[], targetTime: string): Row[] {
  const loads = [...Map.groupBy(rows, loadKeyOf).values()];
  if (loads.length === 0) return [];
  const target = Math.max(
    0,
    loads.findLastIndex((load) => String(load[0]?.['TRACKINTIMESTAMP']) <= targetTime),
  );
  const type = typeOf(loads[target]);
  const before = countNeighbours(loads.slice(0, target).toReversed(), type);
  const behind = countNeighbours(loads.slice(target + 1), type);
  return loads
    .slice(target - before, target + behind + 1)
    .flatMap((load, index) => load.map((row) => ({ RELATIVE_POSITION: index - before, ...row })));
}

/** `loads`: the nearest first. */
function countNeighbours(loads: readonly Row[][], type: Row[string]): number {
  const change = loads.findIndex((load) => typeOf(load) !== type);
  const wanted = change < 0 ? loads.length : Math.max(change + 1, LEAST_NEIGHBOURS);
  return Math.min(wanted, loads.length);
}

/** A lot of unknown type is another than one of a known type. */
function typeOf(load: readonly Row[] | undefined): Row[string] {
  return load?.[0]?.['PJ_TYPE'] ?? null;
}
