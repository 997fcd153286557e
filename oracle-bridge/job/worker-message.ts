import type { CancelledRequest } from '#protocol/bridge-message.ts';
import type { Lane } from '#protocol/kind.ts';
import type { Lease } from '#protocol/lease.ts';
import type { ProblemCode } from '#protocol/problem.ts';
import type { BridgeConfig } from '../config.ts';
import type { BridgeKey } from '../edge/bridge-token.ts';
import type { Refusal } from '../warehouse/oracle/login-desk.ts';

/**
 * What a job worker is started with. It makes its own connections to the edge and to the warehouse. Everything here and
 * in the messages is plain JSON: a worker may be a thread or a process.
 */
export interface WorkerSetup {
  readonly config: BridgeConfig;
  readonly key: BridgeKey;
  /** Of the jobs it will run. */
  readonly lane: Lane;
}

/** Daemon → job worker. One job at a time. */
export type ToWorker =
  | { readonly type: 'run'; readonly lease: Lease }
  /** Stop the job that runs, and its query. */
  | { readonly type: 'abort' }
  /** The worker may run the slow statement for which it asked with this id; it may have given up by now. */
  | { readonly type: 'permit'; readonly id: number }
  /** The worker may log in, as it asked with this id, unless its password was refused before. */
  | { readonly type: 'login'; readonly id: number; readonly refusal?: Refusal }
  /** Close everything and exit. */
  | { readonly type: 'close' };

/** Job worker → daemon. */
export type FromWorker =
  /** Once: the worker takes jobs. `warehouse`: its description, or nothing if it could not be opened yet. */
  | { readonly type: 'ready'; readonly warehouse?: string }
  | { readonly type: 'phase'; readonly phase: string }
  /** Exactly once for each `run`, unless the worker dies. */
  | { readonly type: 'ended'; readonly end: JobEnd }
  /** The worker wants to run a slow statement. `id`: never used before by this worker. */
  | { readonly type: 'take-permit'; readonly id: number }
  /** The statement has ended, or is not wanted any more. */
  | { readonly type: 'give-permit'; readonly id: number }
  /** The worker wants to log in to the warehouse. `id`: as above, of another series; `key`: see `LoginSource`. */
  | { readonly type: 'take-login'; readonly id: number; readonly key: string }
  /** The login has ended, or is not wanted any more. */
  | { readonly type: 'end-login'; readonly id: number; readonly refusal?: Refusal }
  /** Now and then, from a process: what it holds beside the daemon's own memory. */
  | { readonly type: 'memory'; readonly rssBytes: number };

/** How the work on a lease ended inside its worker. */
export type JobEnd =
  /** The edge has accepted the end of the job. */
  | { readonly type: 'finished' }
  | { readonly type: 'failed'; readonly code: ProblemCode; readonly detail: string; readonly retryable: boolean }
  /** The edge said that the lease holds nothing any more. */
  | { readonly type: 'fenced'; readonly database: StoppedDatabase }
  /** Stopped because it was told to. */
  | { readonly type: 'stopped'; readonly database: StoppedDatabase };

/** `confirmed`: a query was running and has stopped; `not_running`: there was none. */
export type StoppedDatabase = Extract<CancelledRequest['database'], 'confirmed' | 'not_running'>;
