import type { LeaseRequest } from '#protocol/bridge-message.ts';
import type { BridgeHealth } from '#protocol/health.ts';
import type { JobList, JobState } from '#protocol/job.ts';
import type { Kind, Lane } from '#protocol/kind.ts';
import type { Lease } from '#protocol/lease.ts';
import type { JobAnnouncement } from '../job/job-api.ts';
import type { Outcome } from '../outcome.ts';

/** What the Worker and the Job objects may ask of one Site object. */
export interface SiteApi {
  /**
   * A job id for a request, in one synchronous step: the id an equal request already has, or a new one. 503 when no
   * bridge is connected, 429 when the owner has too many jobs in the batch lane, 422 for a reused key.
   */
  reserve(request: ReserveJob): Promise<Outcome<ReservedJob>>;
  /** The id was given out and its job could not be created: it no longer counts, and answers nobody. */
  release(jobId: string): Promise<Outcome<undefined>>;
  /** Idempotent; older sequences are ignored. A queued job is offered to a bridge. */
  announce(announcement: JobAnnouncement): Promise<Outcome<undefined>>;
  /** Leases for a bridge, in queue order, within its free slots. */
  lease(bridgeId: string, request: LeaseRequest): Promise<Outcome<Lease[]>>;
  /** Tells a bridge, if it is connected, to stop. `false`: it is not connected. */
  sendCancel(request: { bridgeId: string; jobId: string; epoch: number }): Promise<Outcome<boolean>>;
  list(request: ListJobs): Promise<Outcome<JobList>>;
  health(): Promise<Outcome<SiteHealth>>;
  /** Queued jobs of the same lane in front of it; `undefined` if it does not wait. */
  queueAhead(jobId: string): Promise<Outcome<number | undefined>>;
  /** The bridge's control WebSocket. The Worker has verified the token and passes `bridge_id` in the query. */
  fetch(request: Request): Promise<Response>;
}

export interface ReserveJob {
  readonly kind: Kind;
  readonly lane: Lane;
  readonly owner: string;
  /** Equal requests have equal hashes; also what an idempotency key is bound to. */
  readonly contentHash: string;
  /** `false` with `Cache-Control: no-cache`: neither join a running job nor take a finished one. */
  readonly share: boolean;
  readonly idempotencyKey?: string;
  /** An id this call was given before that turned out to be gone; it is replaced. */
  readonly notJobId?: string;
}

export interface ReservedJob {
  readonly jobId: string;
  /** `true`: the id was already known; its owner is still to be added by `create`. */
  readonly joined: boolean;
  /** Age of a finished result that answers this request. */
  readonly ageSeconds?: number;
}

export interface ListJobs {
  readonly owner: string;
  readonly state?: JobState;
  readonly limit: number;
  readonly cursor?: string;
}

export interface SiteHealth {
  readonly bridges: BridgeHealth[];
  readonly queue: { interactive: number; batch: number };
}
