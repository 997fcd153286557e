import type { Timeline, TimelineBar, TimelineTrack } from './timeline.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Steps between ticks, in the units people count time in. */
const STEPS_MS = [
  1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200, 129_600, 525_600, 5_256_000,
].map((minutes) => minutes * MINUTE_MS);
const MIN_TICK_PX = 84;
/** Room for what stands behind a tick: the widest day, and the widest hour. */
const DAY_TEXT_PX = 76;
const HOUR_TEXT_PX = 42;
/** Zoom: from a minute over 40 px … */
const MIN_MS_PER_PX = MINUTE_MS / 40;
/** … to a few times as wide as everything there is. */
const MAX_FIT_FACTOR = 4;
/** Room at both ends when everything is fitted, as a part of the width. */
const MARGIN = 0.03;

/** The part of time in sight. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly msPerPx: number;
}

export interface TimeExtent {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From the first moment of anything drawn to the last; `undefined` when there is nothing. */
export function extentOf(timeline: Pick<Timeline, 'tracks'>): TimeExtent | undefined {
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const { bars, holds, materials } of timeline.tracks) {
    for (const bar of bars) {
      fromMs = Math.min(fromMs, bar.fromMs);
      toMs = Math.max(toMs, bar.toMs);
    }
    for (const { atMs } of [...holds, ...materials]) {
      fromMs = Math.min(fromMs, atMs);
      toMs = Math.max(toMs, atMs);
    }
  }
  return fromMs <= toMs ? { fromMs, toMs } : undefined;
}

/** Everything in sight, with a little room beside it. */
export function fitWindow(extent: TimeExtent, widthPx: number): TimeWindow {
  const spanMs = Math.max(HOUR_MS, extent.toMs - extent.fromMs);
  const msPerPx = Math.max(MIN_MS_PER_PX, (spanMs * (1 + 2 * MARGIN)) / Math.max(1, widthPx));
  return { fromMs: extent.fromMs - spanMs * MARGIN, msPerPx };
}

/** Closer by a factor above 1; the moment at `atPx` stays where it is. */
export function zoomAt(window: TimeWindow, atPx: number, factor: number, fit: TimeWindow): TimeWindow {
  const mostMs = Math.max(MIN_MS_PER_PX, fit.msPerPx * MAX_FIT_FACTOR);
  const msPerPx = Math.min(mostMs, Math.max(MIN_MS_PER_PX, window.msPerPx / factor));
  return { fromMs: window.fromMs + atPx * (window.msPerPx - msPerPx), msPerPx };
}

/** Moves by pixels to the right, as far as something is still in sight. */
export function panBy(window: TimeWindow, byPx: number, extent: TimeExtent, widthPx: number): TimeWindow {
  const spanMs = widthPx * window.msPerPx;
  const wantedMs = window.fromMs + byPx * window.msPerPx;
  const fromMs = Math.max(extent.fromMs - spanMs / 2, Math.min(extent.toMs - spanMs / 2, wantedMs));
  return { ...window, fromMs };
}

export function pxAt(window: TimeWindow, ms: number): number {
  return (ms - window.fromMs) / window.msPerPx;
}

export interface TimeTick {
  readonly ms: number;
  /** Whether a day begins here. */
  readonly isDay: boolean;
}

/** Moments to mark, at least `MIN_TICK_PX` apart, on whole steps of plant time. */
export function ticksOf(window: TimeWindow, widthPx: number): TimeTick[] {
  const leastMs = MIN_TICK_PX * window.msPerPx;
  const longestMs = STEPS_MS.at(-1) ?? DAY_MS;
  const stepMs = STEPS_MS.find((step) => step >= leastMs) ?? longestMs * Math.ceil(leastMs / longestMs);
  const ticks: TimeTick[] = [];
  const toMs = window.fromMs + widthPx * window.msPerPx;
  for (let ms = Math.ceil(window.fromMs / stepMs) * stepMs; ms <= toMs; ms += stepMs) {
    ticks.push({ ms, isDay: ms % DAY_MS === 0 });
  }
  return ticks;
}

/** Whether the text of a tick fits in front of the right edge; half of it would be read as another day. */
export function hasRoom(tick: TimeTick, window: TimeWindow, widthPx: number): boolean {
  return pxAt(window, tick.ms) + (tick.isDay ? DAY_TEXT_PX : HOUR_TEXT_PX) <= widthPx;
}

/** A bar as it is drawn: at least this wide, so that a short load can be seen. */
const MIN_BAR_PX = 3;

/** What is less apart is on the same pixel. */
const SAME_PX = 1;

export interface DrawnBar {
  /** At least one; all of them lie on the same pixels. */
  readonly bars: readonly TimelineBar[];
  readonly leftPx: number;
  readonly widthPx: number;
}

/**
 * The bars of a track in sight. Of bars of which one would cover the other one is drawn, and has both: loads that were
 * tracked out in parts begin together.
 */
export function barsInView(track: TimelineTrack, window: TimeWindow, widthPx: number): DrawnBar[] {
  const drawn: { readonly bars: TimelineBar[]; readonly leftPx: number; widthPx: number }[] = [];
  /** Of those that are drawn, the one that ends last: bars come in the order of their beginnings. */
  let last: (typeof drawn)[number] | undefined;
  for (const bar of track.bars) {
    const leftPx = pxAt(window, bar.fromMs);
    if (leftPx > widthPx) break;
    const width = Math.max(MIN_BAR_PX, (bar.toMs - bar.fromMs) / window.msPerPx);
    if (leftPx + width < 0) continue;
    const endPx = last === undefined ? -Infinity : last.leftPx + last.widthPx;
    const isAlike = bar.isOpen === last?.bars[0]?.isOpen;
    const isCovered = leftPx + width <= endPx + SAME_PX && (isAlike || width === MIN_BAR_PX);
    const isCovering = last !== undefined && leftPx <= last.leftPx + SAME_PX && isAlike;
    if (last !== undefined && (isCovered || isCovering)) {
      last.bars.push(bar);
      last.widthPx = Math.max(endPx, leftPx + width) - last.leftPx;
      continue;
    }
    const next = { bars: [bar], leftPx, widthPx: width };
    drawn.push(next);
    if (leftPx + width > endPx) last = next;
  }
  return drawn;
}

/** Whether a track has loads before and behind the window: they are pointed at, not left out. */
export function loadsBeside(
  track: TimelineTrack,
  window: TimeWindow,
  widthPx: number,
): { readonly isBefore: boolean; readonly isBehind: boolean } {
  const toMs = window.fromMs + widthPx * window.msPerPx;
  return {
    isBefore: track.bars.some((bar) => bar.toMs < window.fromMs),
    isBehind: track.bars.some((bar) => bar.fromMs > toMs),
  };
}

/** The window moved so that a moment stands in its middle. */
export function centreOn(window: TimeWindow, ms: number, widthPx: number): TimeWindow {
  return { ...window, fromMs: ms - (widthPx / 2) * window.msPerPx };
}

/** Half a mark: so far it stands out beside its moment. */
const HALF_MARK_PX = 6;
/** Marks that would cover more of each other than a quarter are one. */
const MARK_GAP_PX = 9;

export interface DrawnMark<Mark> {
  /** At least one. */
  readonly marks: readonly Mark[];
  /** Of the first. */
  readonly atPx: number;
}

/** Marks in sight: what falls together is drawn once, and has all of it. */
export function marksInView<Mark extends { readonly atMs: number }>(
  marks: readonly Mark[],
  window: TimeWindow,
  widthPx: number,
): DrawnMark<Mark>[] {
  const drawn: { marks: Mark[]; atPx: number }[] = [];
  for (const mark of marks) {
    const atPx = pxAt(window, mark.atMs);
    if (atPx > widthPx + HALF_MARK_PX) break;
    if (atPx < -HALF_MARK_PX) continue;
    const before = drawn.at(-1);
    if (before === undefined || atPx - before.atPx >= MARK_GAP_PX) drawn.push({ marks: [mark], atPx });
    else before.marks.push(mark);
  }
  return drawn;
}

/** A row of the chart: the head of a group, or one of its tracks. */
export type TimelineRow =
  | { readonly type: 'group'; readonly group: string; readonly tracks: number }
  | { readonly type: 'track'; readonly group: string; readonly track: TimelineTrack };

export function rowsOf(tracks: readonly TimelineTrack[]): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const counts = new Map<string, number>();
  for (const { group } of tracks) counts.set(group, (counts.get(group) ?? 0) + 1);
  let last: string | undefined;
  for (const track of tracks) {
    const { group } = track;
    if (group !== last) rows.push({ type: 'group', group, tracks: counts.get(group) ?? 0 });
    last = group;
    rows.push({ type: 'track', group, track });
  }
  return rows;
}

/** Plant time as it is read: `2026-01-05 08:00`. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** What stands at a tick: the day where one begins, else the hour. */
export function tickText({ ms, isDay }: TimeTick): string {
  const iso = new Date(ms).toISOString();
  return isDay ? iso.slice(0, 10) : iso.slice(11, 16);
}
