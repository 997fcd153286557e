/** The timeline of some lots as it crosses from the worker: plain data. Times are plant time in milliseconds, as if UTC. */

/** Domains that hold loads of machines; the first that there is counts. */
export const TIMELINE_DOMAINS = ['history', 'upstream_history'] as const;
/** A load that nobody tracked out yet is drawn this long, and marked. */
export const OPEN_END_MS = 30 * 60_000;
/** Bars handed over at once. Lots are never cut: the ones that do not fit come with the next part. */
export const MAX_BARS = 10_000;
/** Holds, and materials, drawn at once. */
export const MAX_MARKS = 10_000;
/** Marks without a place that are listed. */
export const MAX_UNPLACED = 1000;

export interface TimelineBar {
  readonly spec: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** No track-out: `toMs` is where it is drawn to. */
  readonly isOpen: boolean;
}

export interface TimelineHold {
  readonly atMs: number;
  readonly releasedAtMs: number | undefined;
  readonly reason: string;
}

export interface TimelineMaterial {
  readonly atMs: number;
  readonly part: string;
  readonly materialLot: string;
  readonly spec: string;
}

/** One lot on one machine of a group. */
export interface TimelineTrack {
  readonly group: string;
  readonly lot: string;
  readonly machine: string;
  readonly bars: readonly TimelineBar[];
  readonly holds: readonly TimelineHold[];
  readonly materials: readonly TimelineMaterial[];
}

/** A hold or a material of a lot in this part that has no load to stand at, or no time. */
export interface UnplacedMark {
  readonly kind: 'hold' | 'material';
  readonly lot: string;
  readonly atMs: number | undefined;
  /** Of a hold its work center, of a material its spec: what no load had. */
  readonly where: string;
  /** Reason of a hold, part of a material. */
  readonly what: string;
}

/** How many marks found their place; `outside` are of lots in other parts. */
export interface MarkCounts {
  readonly matched: number;
  readonly unmatched: number;
  readonly outside: number;
  /** Matched ones that are too many to be drawn. */
  readonly undrawn: number;
}

export interface Timeline {
  /** By group in the order in which the groups were first reached, then by lot and machine. */
  readonly tracks: readonly TimelineTrack[];
  readonly bars: number;
  readonly allBars: number;
  /** Lots `lotsFrom` … `lotsTo - 1` of `allLots` are in this part. */
  readonly lotsFrom: number;
  readonly lotsTo: number;
  readonly allLots: number;
  /** Loads without a readable track-in: they have no place in time. */
  readonly undated: number;
  readonly holds: MarkCounts;
  readonly materials: MarkCounts;
  /** The first `MAX_UNPLACED` of them. */
  readonly unplaced: readonly UnplacedMark[];
  /** Records of the domains it was made of when it was made. */
  readonly madeOf: number;
}
