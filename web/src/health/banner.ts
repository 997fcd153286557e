import * as z from 'zod/mini';
import type { MaintenanceReading, MaintenanceTask } from './maintenance-reading.ts';

/** How long after its end a failed task is shown, unless somebody dismisses it. */
const FAILED_SHOWN_MS = 10 * 60_000;
/** Looks back over which a rate is taken. */
const MAX_SAMPLES = 6;

interface Sample {
  readonly atMs: number;
  readonly rows: number;
}

interface TrackedTask {
  readonly task: MaintenanceTask;
  /** Of this run of the task, oldest first. */
  readonly samples: readonly Sample[];
}

/** All that was learnt of maintenance. It fails closed: what cannot be read does not end what was known to run. */
export interface BannerState {
  readonly tracked: readonly TrackedTask[];
  readonly isRunning: boolean;
  readonly error: string | undefined;
  readonly isUnreadable: boolean;
  readonly hasRead: boolean;
  readonly dismissed: ReadonlySet<string>;
}

export type BannerLine =
  | {
      readonly type: 'running';
      /** `undefined`: something runs, and nobody said what. */
      readonly name: string | undefined;
      readonly rowsDone: number | undefined;
      readonly rowsTotal: number | undefined;
      readonly rowsPerSecond: number | undefined;
      readonly etaSeconds: number | undefined;
    }
  | { readonly type: 'failed'; readonly key: string; readonly name: string; readonly error: string | undefined }
  | { readonly type: 'unknown'; readonly detail: string | undefined };

export const NOTHING_KNOWN: BannerState = {
  tracked: [],
  isRunning: false,
  error: undefined,
  isUnreadable: false,
  hasRead: false,
  dismissed: new Set(),
};

/** Takes in one look at the health of the edge; `unreadable` stands for a network error as well. */
export function learnMaintenance(state: BannerState, reading: MaintenanceReading, nowMs: number): BannerState {
  if (reading.type === 'unreadable') return { ...state, isUnreadable: true };
  const isPartial = reading.error !== undefined;
  const tracked = reading.tasks.map((task) => trackTask(task, state.tracked, nowMs));
  const unsaid = state.tracked.filter(({ task }) => !reading.tasks.some(({ name }) => name === task.name));
  const keys = new Set(reading.tasks.filter(({ status }) => status === 'failed').map(keyOf));
  return {
    tracked: isPartial ? [...tracked, ...unsaid] : tracked,
    isRunning: reading.isRunning || (isPartial && state.isRunning),
    error: reading.error,
    isUnreadable: false,
    hasRead: true,
    // A failure that is not told any more is over; should it come back, it is another one.
    dismissed: isPartial ? state.dismissed : new Set([...state.dismissed].filter((key) => keys.has(key))),
  };
}

export function dismissFailure(state: BannerState, key: string): BannerState {
  return { ...state, dismissed: new Set(state.dismissed).add(key) };
}

/** What the banner says now; nothing is no banner. */
export function bannerLines(state: BannerState, nowMs: number): BannerLine[] {
  const lines: BannerLine[] = [];
  for (const { task, samples } of state.tracked) {
    if (task.status === 'running') lines.push(runningLine(task, samples));
    const key = keyOf(task);
    if (task.status === 'failed' && !state.dismissed.has(key) && !hasLeft(task.endedAt, nowMs))
      lines.push({ type: 'failed', key, name: task.name, error: task.error });
  }
  const isNamed = lines.some((line) => line.type === 'running');
  if (state.isRunning && !isNamed) lines.push(UNNAMED);
  const isDoubtful = state.isUnreadable && (isNamed || state.isRunning || !state.hasRead);
  if (state.error !== undefined || isDoubtful) lines.push({ type: 'unknown', detail: state.error });
  return lines;
}

/** The lines by what they are of; of tasks with the same name, by which of them it is. */
export function keyedLines(lines: readonly BannerLine[]): ReadonlyMap<string, BannerLine> {
  const keyed = new Map<string, BannerLine>();
  for (const line of lines) {
    const name = line.type === 'failed' ? line.key : line.type === 'running' ? (line.name ?? '') : '';
    let place = 0;
    while (keyed.has(`${line.type} ${place} ${name}`)) place++;
    keyed.set(`${line.type} ${place} ${name}`, line);
  }
  return keyed;
}

const UNNAMED: BannerLine = {
  type: 'running',
  name: undefined,
  rowsDone: undefined,
  rowsTotal: undefined,
  rowsPerSecond: undefined,
  etaSeconds: undefined,
};

function trackTask(task: MaintenanceTask, before: readonly TrackedTask[], nowMs: number): TrackedTask {
  if (task.status !== 'running' || task.rowsDone === undefined) return { task, samples: [] };
  const known = before.find((other) => other.task.name === task.name)?.samples ?? [];
  const last = known.at(-1);
  // Rows that fall mean that the task began anew.
  const samples = last !== undefined && last.rows > task.rowsDone ? [] : known;
  return { task, samples: [...samples, { atMs: nowMs, rows: task.rowsDone }].slice(-MAX_SAMPLES) };
}

function runningLine({ name, rowsDone, rowsTotal }: MaintenanceTask, samples: readonly Sample[]): BannerLine {
  const first = samples[0];
  const last = samples.at(-1);
  const seconds = first === undefined || last === undefined ? 0 : (last.atMs - first.atMs) / 1000;
  const rowsPerSecond = seconds > 0 ? ((last?.rows ?? 0) - (first?.rows ?? 0)) / seconds : undefined;
  const rowsLeft = rowsTotal === undefined || rowsDone === undefined ? -1 : rowsTotal - rowsDone;
  const etaSeconds =
    rowsPerSecond !== undefined && rowsPerSecond > 0 && rowsLeft >= 0 ? rowsLeft / rowsPerSecond : undefined;
  return { type: 'running', name, rowsDone, rowsTotal, rowsPerSecond, etaSeconds };
}

function keyOf({ name, endedAt }: MaintenanceTask): string {
  return `${name} ${endedAt ?? ''}`;
}

const instantSchema = z.iso.datetime({ offset: true });

/** An end that is missing or malformed never comes: the failure stays until somebody dismisses it. */
function hasLeft(endedAt: string | undefined, nowMs: number): boolean {
  return instantSchema.safeParse(endedAt).success && nowMs >= Date.parse(endedAt ?? '') + FAILED_SHOWN_MS;
}
