import type { CancelledRequest, FailRequest } from '#protocol/bridge-message.ts';
import type { WorkerEnd } from './worker-handle.ts';

/** Why a job was stopped from outside. */
export type StopReason = 'cancelled' | 'lost' | 'drained';

/** The one call that follows the end of the work on a lease. */
export type JobReport =
  | { readonly call: 'none' }
  | { readonly call: 'fail'; readonly request: FailRequest }
  | { readonly call: 'cancelled'; readonly request: CancelledRequest }
  /** The edge has ended the lease; only it knows whether that was a cancel. */
  | { readonly call: 'ask'; readonly ifCancelled: CancelledRequest };

type WorkEnd = WorkerEnd | { readonly type: 'unavailable' };

const NONE: JobReport = { call: 'none' };
const HANDED_BACK: JobReport = failed('BRIDGE_UNAVAILABLE', 'The bridge was stopped; another one goes on.');
const CRASHED: JobReport = failed('INTERNAL', 'The job ended abnormally inside the bridge.');
const OUT_OF_MEMORY: JobReport = failed(
  'RESULT_TOO_LARGE',
  'The job needed more memory than one job may have. Ask for fewer containers or domains.',
);
const NO_WORKER: JobReport = failed('BRIDGE_UNAVAILABLE', 'The bridge has no worker for this job at the moment.');

/**
 * What the edge is told. A cancel is answered with what became of the database, a lost lease with nothing (its epoch is
 * another's by now), a drained job is given back, and whatever ended by itself says how.
 */
export function decideReport(end: WorkEnd, stop: StopReason | undefined): JobReport {
  if (end.type === 'finished' || stop === 'lost') return NONE;
  if (stop === 'cancelled') return { call: 'cancelled', request: { database: databaseAfter(end) } };
  if (end.type === 'fenced') return { call: 'ask', ifCancelled: { database: end.database } };
  if (stop === 'drained') return HANDED_BACK;
  if (end.type === 'unavailable') return NO_WORKER;
  if (end.type === 'crashed' && end.outOfMemory) return OUT_OF_MEMORY;
  if (end.type !== 'failed') return CRASHED;
  const { code, detail, retryable } = end;
  return { call: 'fail', request: { code, detail, retryable } };
}

function databaseAfter(end: Exclude<WorkEnd, { type: 'finished' }>): CancelledRequest['database'] {
  if (end.type === 'stopped' || end.type === 'fenced') return end.database;
  if (end.type === 'terminated') return end.exited ? 'terminated' : 'unconfirmed';
  return end.type === 'crashed' ? 'terminated' : 'not_running';
}

function failed(code: FailRequest['code'], detail: string): JobReport {
  return { call: 'fail', request: { code, detail, retryable: true } };
}
