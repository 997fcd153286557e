import type { JobEventOf } from '#protocol/job-event.ts';
import type { Progress } from '#protocol/job.ts';
import type { ResumeMode } from '#protocol/kind.ts';
import type { JobSpec } from '#protocol/lease.ts';
import type { JobLife } from './job-life.ts';
import type { DomainRow } from './log-rows.ts';

/** How far a job is, from its rows, and how fast, from the last few seconds. Pure. */

/** Seals of this long ago still count for the rate. */
const RATE_WINDOW_MS = 10_000;
/** Less time than this says nothing about a rate. */
const MIN_RATE_SPAN_MS = 200;
const MAX_RATE_SAMPLES = 256;

export interface RateSample {
  readonly atMs: number;
  readonly records: number;
}

/** The samples with one more, old ones dropped. The newest old one stays: it is where the window begins. */
export function addRateSample(samples: readonly RateSample[], sample: RateSample): RateSample[] {
  const from = sample.atMs - RATE_WINDOW_MS;
  const begin = samples.findLastIndex((old) => old.atMs <= from);
  return [...samples.slice(Math.max(0, begin)), sample].slice(-MAX_RATE_SAMPLES);
}

/** Records a second over the window; `null` while too little is known. */
export function recordsPerSecond(samples: readonly RateSample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.atMs - first.atMs < MIN_RATE_SPAN_MS) return null;
  return Math.round(((last.records - first.records) / (last.atMs - first.atMs)) * 1000);
}

export interface ProgressFacts {
  readonly domains: readonly DomainRow[];
  readonly idCount: number;
  readonly resume: ResumeMode;
  readonly phase: string;
  readonly samples: readonly RateSample[];
  /** From the first lease to the last seal this object remembers. */
  readonly elapsedMs: number | undefined;
}

export function progressOf(facts: ProgressFacts): Progress {
  const { domains, idCount, samples } = facts;
  const idsDone = domains.reduce((sum, row) => sum + (row.outcome ? idCount : row.idsDone), 0);
  const share = facts.resume === 'ids' ? idsDone / (idCount * domains.length) : undefined;
  return {
    percent: share === undefined ? null : Math.floor(share * 1000) / 10,
    records: domains.reduce((sum, row) => sum + row.records, 0),
    bytes: domains.reduce((sum, row) => sum + row.rawBytes, 0),
    records_per_second: recordsPerSecond(samples),
    eta_seconds: share === undefined ? null : etaSeconds(share, facts.elapsedMs),
    phase: facts.phase,
  };
}

/** Of a job that has ended: from its rows alone, so that it is the same whoever asks whenever. */
export function endedProgress(job: JobSpec, life: JobLife, domains: readonly DomainRow[]): Progress {
  const { startedAtMs, endedAtMs } = life;
  const records = domains.reduce((sum, row) => sum + row.records, 0);
  const samples =
    startedAtMs === undefined || endedAtMs === undefined
      ? []
      : [
          { atMs: startedAtMs, records: 0 },
          { atMs: endedAtMs, records },
        ];
  const { kind: phase, cid_count: idCount, resume } = job;
  return progressOf({ domains, idCount, resume, phase, samples, elapsedMs: undefined });
}

/** Time left if ids go on being done at the pace so far; `null` before anything is done. */
function etaSeconds(share: number, elapsedMs: number | undefined): number | null {
  if (share <= 0 || elapsedMs === undefined || elapsedMs < 0) return null;
  return Math.round((elapsedMs * (1 - Math.min(1, share))) / share / 1000);
}

export function progressLine(
  progress: Progress,
  domains: readonly DomainRow[],
  idCount: number,
): JobEventOf<'progress'> {
  const byDomain: JobEventOf<'progress'>['domains'] = {};
  for (const row of domains) byDomain[row.name] = { ids_done: row.idsDone, ids: idCount, records: row.records };
  return { type: 'progress', ...progress, domains: byDomain };
}
