import { MAX_MARKS, MAX_UNPLACED, OPEN_END_MS } from './timeline.ts';
import type {
  MarkCounts,
  TimelineBar,
  TimelineHold,
  TimelineMaterial,
  TimelineTrack,
  UnplacedMark,
} from './timeline.ts';
import type { HoldRecord, LoadRecord, MaterialRecord } from './timeline-records.ts';

interface OpenTrack extends TimelineTrack {
  readonly bars: TimelineBar[];
  readonly holds: TimelineHold[];
  readonly materials: TimelineMaterial[];
}

interface PlacedBar {
  readonly bar: TimelineBar;
  readonly workCenter: string;
  readonly track: OpenTrack;
}

type Counts = { -readonly [Name in keyof MarkCounts]: MarkCounts[Name] };

/**
 * Puts loads, holds and materials on tracks: one for each group, lot and machine. Pure; marks are given one by one, so that
 * they need not be in memory together.
 */
export class TimelineLayout {
  readonly #tracks = new Map<string, OpenTrack>();
  readonly #barsOf = new Map<string, PlacedBar[]>();
  /** Lots that are in this part; a mark of another one is outside of it. */
  readonly #isShown: (containerId: string) => boolean;
  #undated = 0;
  #bars = 0;
  readonly holds: Counts = { matched: 0, unmatched: 0, outside: 0, undrawn: 0 };
  readonly materials: Counts = { matched: 0, unmatched: 0, outside: 0, undrawn: 0 };

  readonly unplaced: UnplacedMark[] = [];

  constructor(isShown: (containerId: string) => boolean) {
    this.#isShown = isShown;
  }

  get bars(): number {
    return this.#bars;
  }

  get undated(): number {
    return this.#undated;
  }

  addLoad(load: LoadRecord): void {
    const { containerId, group, workCenter, lot, machine, spec, inMs, outMs } = load;
    if (inMs === undefined) {
      this.#undated++;
      return;
    }
    const isOpen = outMs === undefined;
    const bar = { spec, fromMs: inMs, toMs: isOpen ? inMs + OPEN_END_MS : Math.max(inMs, outMs), isOpen };
    const key = JSON.stringify([group, containerId, machine]);
    const track = this.#tracks.get(key) ?? { group, lot, machine, bars: [], holds: [], materials: [] };
    this.#tracks.set(key, track);
    track.bars.push(bar);
    this.#bars++;
    const placed = this.#barsOf.get(containerId) ?? [];
    placed.push({ bar, workCenter, track });
    this.#barsOf.set(containerId, placed);
  }

  /** A hold stands at the load of its lot that is nearest in time, of its own work center if there is one. */
  addHold(hold: HoldRecord): void {
    const { atMs, releasedAtMs, reason } = hold;
    const bars = this.#barsOf.get(hold.containerId) ?? [];
    const ofCenter = bars.filter(({ workCenter }) => workCenter === hold.workCenter);
    const place = this.#count(this.holds, hold, ofCenter.length > 0 ? ofCenter : bars, {
      kind: 'hold',
      where: hold.workCenter,
      what: reason,
    });
    if (place !== undefined && atMs !== undefined) place.track.holds.push({ atMs, releasedAtMs, reason });
  }

  /** A material belongs to the load of its lot with the same spec that is nearest in time. */
  addMaterial(material: MaterialRecord): void {
    const { spec, atMs, part, materialLot } = material;
    const bars = (this.#barsOf.get(material.containerId) ?? []).filter(({ bar }) => bar.spec === spec);
    const place = this.#count(this.materials, material, bars, { kind: 'material', where: spec, what: part });
    if (place !== undefined && atMs !== undefined) place.track.materials.push({ atMs, part, materialLot, spec });
  }

  /** Groups in the order in which they were first reached, then lots, then machines; everything else by time. */
  tracks(): TimelineTrack[] {
    const firstMs = new Map<string, number>();
    for (const { group, bars } of this.#tracks.values())
      for (const { fromMs } of bars) firstMs.set(group, Math.min(fromMs, firstMs.get(group) ?? fromMs));
    for (const track of this.#tracks.values()) {
      track.bars.sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
      track.holds.sort((a, b) => a.atMs - b.atMs);
      track.materials.sort((a, b) => a.atMs - b.atMs);
    }
    return [...this.#tracks.values()].sort(
      (a, b) =>
        (firstMs.get(a.group) ?? 0) - (firstMs.get(b.group) ?? 0) ||
        compareTexts(a.group, b.group) ||
        compareTexts(a.lot, b.lot) ||
        compareTexts(a.machine, b.machine),
    );
  }

  /** @returns the bar at which to draw a mark, if it is to be drawn. */
  #count(
    counts: Counts,
    mark: { readonly containerId: string; readonly lot: string; readonly atMs: number | undefined },
    bars: readonly PlacedBar[],
    meant: Pick<UnplacedMark, 'kind' | 'where' | 'what'>,
  ): PlacedBar | undefined {
    if (!this.#isShown(mark.containerId)) {
      counts.outside++;
      return undefined;
    }
    const place = mark.atMs === undefined ? undefined : nearestBar(bars, mark.atMs);
    if (place === undefined) {
      counts.unmatched++;
      if (this.unplaced.length < MAX_UNPLACED) this.unplaced.push({ ...meant, lot: mark.lot, atMs: mark.atMs });
      return undefined;
    }
    counts.matched++;
    if (counts.matched <= MAX_MARKS) return place;
    counts.undrawn++;
    return undefined;
  }
}

/** The bar in whose window a moment lies, else the one whose window is nearest; of equals the earlier one. */
function nearestBar(bars: readonly PlacedBar[], atMs: number): PlacedBar | undefined {
  let nearest: PlacedBar | undefined;
  let leastMs = Infinity;
  for (const placed of bars) {
    const { fromMs, toMs } = placed.bar;
    const awayMs = Math.max(0, fromMs - atMs, atMs - toMs);
    if (awayMs > leastMs || (awayMs === leastMs && fromMs >= (nearest?.bar.fromMs ?? Infinity))) continue;
    nearest = placed;
    leastMs = awayMs;
  }
  return nearest;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
