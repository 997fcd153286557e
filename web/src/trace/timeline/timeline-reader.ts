import { CONTAINER_ID_MEMBER } from '#protocol/domain.ts';
import type { Domain } from '#protocol/domain.ts';
import type { BatchEntry, BatchStore } from '../../stream/batch-store.ts';
import type { Clock } from '../../stream/clock.ts';
import { MAX_BARS } from './timeline.ts';
import type { Timeline } from './timeline.ts';
import { TimelineLayout } from './timeline-layout.ts';
import { readHold, readLoad, readMaterial, textOf } from './timeline-records.ts';

/** How long the thread may be kept before other messages get their turn. */
const SLICE_MS = 30;

export interface TimelineSource {
  readonly store: BatchStore;
  readonly clock: Clock;
  /** The domain with the loads of machines. */
  readonly loads: Domain;
  /** Only these containers; `undefined` for all. */
  readonly containers: ReadonlySet<string> | undefined;
  /** Lots before this one were in the parts before. */
  readonly lotsFrom: number;
}

/** Lots from one on whose loads fit together; at least one. `counts` are in the order in which the lots came. */
export function chooseLots(counts: ReadonlyMap<string, number>, from: number, maxBars: number): ReadonlySet<string> {
  const chosen = new Set<string>();
  let bars = 0;
  for (const [lot, count] of [...counts].slice(from)) {
    bars += count;
    if (chosen.size > 0 && bars > maxBars) break;
    chosen.add(lot);
  }
  return chosen;
}

/**
 * Makes the timeline of a part of the lots. The loads are walked twice, once to count and once to keep, so that what does
 * not belong to the part is never in memory. @throws when the signal aborts or the store is closed.
 */
export async function readTimeline(source: TimelineSource, signal: AbortSignal): Promise<Timeline> {
  const { store, lotsFrom } = source;
  // While a job runs there is more after every walk: all of them see the same.
  const [loads, holds, materials] = [
    batchesOf(store, source.loads),
    batchesOf(store, 'holds'),
    batchesOf(store, 'materials'),
  ];
  const counts = new Map<string, number>();
  await walk(source, loads, signal, (record, containerId) => {
    counts.set(containerId, (counts.get(containerId) ?? 0) + 1);
    return record;
  });
  const chosen = chooseLots(counts, lotsFrom, MAX_BARS);
  const isWhole = chosen.size === counts.size;
  const layout = new TimelineLayout((containerId) => isWhole || chosen.has(containerId));
  await walk(
    source,
    loads,
    signal,
    (record, containerId) => chosen.has(containerId) && layout.addLoad(readLoad(record)),
  );
  await walk(source, holds, signal, (record) => layout.addHold(readHold(record)));
  await walk(source, materials, signal, (record) => layout.addMaterial(readMaterial(record)));
  return {
    tracks: layout.tracks(),
    bars: layout.bars,
    allBars: [...counts.values()].reduce((sum, count) => sum + count, 0),
    lotsFrom,
    lotsTo: lotsFrom + chosen.size,
    allLots: counts.size,
    undated: layout.undated,
    holds: layout.holds,
    materials: layout.materials,
    unplaced: layout.unplaced,
    madeOf: loads.records + holds.records + materials.records,
  };
}

/** What has arrived of a domain by now. */
interface Batches {
  readonly domain: Domain;
  readonly entries: readonly BatchEntry[];
  readonly records: number;
}

function batchesOf(store: BatchStore, domain: Domain): Batches {
  return { domain, entries: [...store.entries(domain)], records: store.records(domain) };
}

type Visit = (record: Readonly<Record<string, unknown>>, containerId: string) => unknown;

/** Every record that belongs to the wanted containers, in slices. */
async function walk(
  { store, clock, containers }: TimelineSource,
  { domain, entries }: Batches,
  signal: AbortSignal,
  visit: Visit,
): Promise<void> {
  const member = CONTAINER_ID_MEMBER[domain] ?? '';
  let sliceEndMs = clock.nowMs() + SLICE_MS;
  for (const entry of entries) {
    signal.throwIfAborted();
    for (const record of await store.parse(entry)) {
      const containerId = textOf(record[member]);
      if (containers === undefined || containers.has(containerId)) visit(record, containerId);
    }
    if (clock.nowMs() < sliceEndMs) continue;
    await new Promise<void>((resolve) => clock.after(0, resolve));
    sliceEndMs = clock.nowMs() + SLICE_MS;
  }
}
