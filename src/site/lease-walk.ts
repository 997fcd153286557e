import type { LeaseRequest } from '#protocol/bridge-message.ts';
import type { Lane } from '#protocol/kind.ts';
import type { Lease } from '#protocol/lease.ts';
import type { JobApi, LeaseJob } from '../job/job-api.ts';
import type { SqlStore } from '../job/sql-store.ts';
import type { JobIndex } from './job-index.ts';
import type { OfferTarget } from './queue.ts';
import { boundSlots, shareOf } from './queue.ts';

/** Leases of one call; a bridge with more free slots asks again. */
const MAX_LEASES_PER_LANE = 16;
/** How long the answer to a request id is remembered. Leases that nobody renewed are gone by then. */
export const LEASE_REQUEST_TTL_MS = 60_000;
/**
 * For so long a long job that has just come is left to bridges with more room: several are offered at once, and the first
 * to ask would take what the others are on their way for. Short jobs do not wait.
 */
export const SHARE_MS = 1000;

export interface LeaseWalkDeps {
  readonly sql: SqlStore;
  readonly index: JobIndex;
  readonly jobOf: (jobId: string) => Pick<JobApi, 'lease'> | undefined;
  /** Connected bridges but this one. */
  readonly othersOf: (bridgeId: string) => readonly OfferTarget[];
  /** The bridge was not given everything there is; it should hear of it again after `SHARE_MS`. */
  readonly onLeft: (bridgeId: string) => void;
  readonly now: () => number;
}

/**
 * Leases for a bridge: the queue is only a hint, every Job object decides for itself. So the walk holds no lock and no
 * transaction; whatever is known from before an `await` is read again behind it.
 */
export class LeaseWalk {
  readonly #deps: LeaseWalkDeps;
  /** Calls under way, by request id: a repetition waits for the same answer instead of taking more slots. */
  readonly #underWay = new Map<string, Promise<Lease[]>>();

  constructor(deps: LeaseWalkDeps) {
    this.#deps = deps;
  }

  async lease(bridgeId: string, request: LeaseRequest): Promise<Lease[]> {
    const id = `${bridgeId} ${request.request_id}`;
    const underWay = this.#underWay.get(id);
    if (underWay) return underWay;
    const answer = this.#answer(id, bridgeId, request);
    this.#underWay.set(id, answer);
    try {
      return await answer;
    } finally {
      this.#underWay.delete(id);
    }
  }

  purge(now: number): void {
    this.#deps.sql.exec('DELETE FROM leased_job WHERE leased_at_ms <= ?', now - LEASE_REQUEST_TTL_MS);
  }

  async #answer(id: string, bridgeId: string, request: LeaseRequest): Promise<Lease[]> {
    const asker: LeaseJob = { requestId: request.request_id, bridgeId, bootId: request.boot_id };
    const repeated = await this.#repeat(id, asker);
    if (repeated.length > 0) return repeated;
    const slots = boundSlots(request.slots, MAX_LEASES_PER_LANE);
    const interactive = await this.#walk(id, asker, { lane: 'interactive', most: slots.interactive });
    const batch = await this.#walk(id, asker, { lane: 'batch', most: slots.batch });
    return [...interactive, ...batch];
  }

  /** The leases this request was given before, as far as they still hold. */
  async #repeat(id: string, asker: LeaseJob): Promise<Lease[]> {
    const rows = this.#deps.sql
      .exec<{ job_id: string }>(
        'SELECT job_id FROM leased_job WHERE request_id = ? AND leased_at_ms > ?',
        id,
        this.#deps.now() - LEASE_REQUEST_TTL_MS,
      )
      .toArray();
    const leases: Lease[] = [];
    for (const { job_id } of rows) {
      const lease = await this.#ask(job_id, asker);
      if (lease) leases.push(lease);
    }
    return leases;
  }

  async #walk(id: string, asker: LeaseJob, { lane, most }: { lane: Lane; most: number }): Promise<Lease[]> {
    const { sql, index, now, othersOf, onLeft } = this.#deps;
    const leases: Lease[] = [];
    if (most === 0) return leases;
    const share = lane === 'batch' ? shareOf(most, othersOf(asker.bridgeId), lane) : most;
    let left = false;
    for (const { jobId } of index.queue(lane, now())) {
      const job = index.find(jobId);
      if (!job?.waiting) continue;
      // Offered again to the bridge that had it: another one would be refused, and take it out of the queue.
      if (job.state === 'running' && job.bridgeId !== asker.bridgeId) continue;
      const isYoung = job.state === 'queued' && job.announcedAtMs > now() - SHARE_MS;
      if (isYoung && leases.length >= share) {
        left = true;
        continue;
      }
      const lease = await this.#ask(jobId, asker);
      index.stopWaiting(jobId, job.sequence);
      if (!lease) continue;
      sql.exec(
        'INSERT OR REPLACE INTO leased_job (request_id, job_id, leased_at_ms) VALUES (?, ?, ?)',
        id,
        jobId,
        now(),
      );
      leases.push(lease);
      if (leases.length >= most) break;
    }
    if (left) onLeft(asker.bridgeId);
    return leases;
  }

  /** A job that does not know itself is forgotten; one that fails must not stand in the way of the others. */
  async #ask(jobId: string, asker: LeaseJob): Promise<Lease | undefined> {
    try {
      const outcome = await this.#deps.jobOf(jobId)?.lease(asker);
      if (outcome?.ok) return outcome.value;
      if (outcome?.code === 'JOB_NOT_FOUND' || outcome?.code === 'JOB_RESULT_EXPIRED') this.#deps.index.forget(jobId);
    } catch (error) {
      console.error(`job ${jobId} could not be asked for a lease`, error);
    }
    return undefined;
  }
}
