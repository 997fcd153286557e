import type { Lease } from '#protocol/lease.ts';
import type { Lane } from '#protocol/kind.ts';
import type { Outcome } from '../../../src/outcome.ts';
import { attempt, succeed } from '../../../src/outcome.ts';
import type { JobAnnouncement, LeaseJob } from '../../../src/job/job-api.ts';
import { BridgeBoots } from '../../../src/site/bridge-boots.ts';
import { ANNOUNCEMENT_TTL_MS, JobIndex } from '../../../src/site/job-index.ts';
import { LeaseWalk } from '../../../src/site/lease-walk.ts';
import type { OfferTarget } from '../../../src/site/queue.ts';
import { chooseBridge } from '../../../src/site/queue.ts';
import { Reservations } from '../../../src/site/reservations.ts';
import { migrateSite } from '../../../src/site/schema.ts';
import { CrashError, SimulatedStore } from './simulated-store.ts';
import { ViolationError } from './violation.ts';
import { CONTENT_HASH, JOB_ID, OWNER } from './work.ts';
import type { World } from './world.ts';

const LANES: readonly Lane[] = ['interactive', 'batch'];
const MAX_JOBS_PER_OWNER = 5;

export interface SiteLinks {
  /** Asks the Job object, over a connection that may break. */
  readonly leaseJob: (asker: LeaseJob) => Promise<Outcome<Lease | undefined>>;
  readonly offer: (bridgeId: string) => void;
  readonly targets: () => readonly OfferTarget[];
}

export function createSiteStore(): SimulatedStore {
  return new SimulatedStore((store) => migrateSite({ sql: store.sql, transact: (work) => store.transact(work) }));
}

interface Process {
  readonly index: JobIndex;
  readonly reservations: Reservations;
  readonly leases: LeaseWalk;
  readonly boots: BridgeBoots;
}

/** The Site object's shell without its platform: the real index, reservations, queue and walk on a store of ours. */
export class SiteHost {
  readonly store: SimulatedStore;
  readonly #world: World;
  readonly #links: SiteLinks;
  /** The latest clock by which old things were forgotten. */
  #housekeptAtMs = 0;
  #process: Process;

  constructor(store: SimulatedStore, world: World, links: SiteLinks) {
    this.store = store;
    this.#world = world;
    this.#links = links;
    this.#process = this.#start();
  }

  /** `false`: it was not heard. */
  announce(announcement: JobAnnouncement): boolean {
    const { index, reservations } = this.#process;
    const now = this.#world.edgeMs;
    return this.#survive(() => {
      const isNews = this.store.transact(() => {
        if (!index.record(announcement, now)) return false;
        reservations.hear(announcement, now);
        return true;
      });
      const { lane, state } = announcement.summary;
      if (isNews && state === 'queued') this.#offer(lane);
    });
  }

  /** `undefined`: there is no answer. */
  async lease(bridgeId: string, boot: string, requestId: string): Promise<readonly Lease[] | undefined> {
    const slots = { interactive: 1, batch: 1 };
    const request = { request_id: requestId, boot_id: boot, slots };
    try {
      const outcome = await attempt(() => this.#process.leases.lease(bridgeId, request));
      return outcome.ok ? outcome.value : undefined;
    } catch (error) {
      if (error instanceof CrashError) this.crash();
      return undefined;
    }
  }

  hello(bridgeId: string, bootId: string): void {
    const { index, boots } = this.#process;
    this.#survive(() => {
      if (boots.record({ bridgeId, bootId, protocol: 1 }, this.#world.edgeMs)) index.offerAgain(bridgeId);
      this.offerWaiting();
    });
  }

  /** One offer a lane: a bridge that hears of it asks for as much as it has room for. */
  offerWaiting(): void {
    for (const lane of LANES) if (this.#process.index.queue(lane, this.#world.edgeMs).length > 0) this.#offer(lane);
  }

  keepHouse(): void {
    const { index, reservations, leases } = this.#process;
    const now = this.#world.edgeMs;
    this.#housekeptAtMs = Math.max(this.#housekeptAtMs, now);
    this.#survive(() => {
      this.store.transact(() => {
        index.purge(now);
        reservations.purge(now);
        leases.purge(now);
      });
      this.offerWaiting();
    });
  }

  /**
   * What an equal request would be given, which then goes without a job.
   * @throws ViolationError for another job while the one there is known to live.
   */
  requireShared(): void {
    const { index, reservations } = this.#process;
    const now = this.#world.edgeMs;
    // A clock that was set back does not bring back what was forgotten before.
    const latestMs = Math.max(now, this.#housekeptAtMs);
    const job = index.find(JOB_ID);
    if (!job || job.endedAtMs !== undefined || job.announcedAtMs <= latestMs - ANNOUNCEMENT_TTL_MS) return;
    const request = {
      kind: 'events' as const,
      lane: job.lane,
      owner: OWNER,
      contentHash: CONTENT_HASH,
      share: true,
    };
    this.#survive(() => {
      const facts = { now, bridgeConnected: true, maxJobsPerOwner: MAX_JOBS_PER_OWNER };
      const { jobId } = this.store.transact(() => reservations.reserve(request, facts));
      if (jobId !== JOB_ID) throw new ViolationError('I7', 'an equal request was given a job of its own');
    });
  }

  crash(): void {
    this.store.reopen();
    this.#process = this.#start();
  }

  /** Everything it knew is gone. */
  wipe(): void {
    this.store.rewind();
    this.#process = this.#start();
  }

  #offer(lane: Lane): void {
    const target = chooseBridge(this.#links.targets(), lane);
    if (target) this.#links.offer(target.bridgeId);
  }

  #survive(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (error instanceof CrashError) this.crash();
      else if (!(error instanceof Error && /SQLITE_FULL/.test(error.message))) throw error;
      return false;
    }
  }

  #start(): Process {
    const { sql } = this.store;
    const index = new JobIndex(sql);
    const reservations = new Reservations({ sql, index, mintJobId: () => `minted-${this.#world.unique()}` });
    const jobOf = (jobId: string) =>
      jobId === JOB_ID ? { lease: (asker: LeaseJob) => this.#links.leaseJob(asker) } : undefined;
    const leases = new LeaseWalk({
      sql,
      index,
      jobOf,
      othersOf: (bridgeId) => this.#links.targets().filter((target) => target.bridgeId !== bridgeId),
      onLeft: (bridgeId) => this.#links.offer(bridgeId),
      now: () => this.#world.edgeMs,
    });
    return { index, reservations, leases, boots: new BridgeBoots(sql) };
  }
}

/** The answer of an object that is there. */
export const HEARD = succeed(undefined);
