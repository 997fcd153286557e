import { ProblemError } from '#protocol/problem.ts';
import type { Lease } from '#protocol/lease.ts';
import type { Outcome } from '../../../src/outcome.ts';
import { attempt } from '../../../src/outcome.ts';
import { Announcer } from '../../../src/job/announcer.ts';
import { JobAlarm } from '../../../src/job/job-alarm.ts';
import type { JobAnnouncement, LeaseJob } from '../../../src/job/job-api.ts';
import type { EndedLease } from '../../../src/job/job-ledger.ts';
import { JobLedger } from '../../../src/job/job-ledger.ts';
import { JobPace } from '../../../src/job/job-pace.ts';
import { JobReaders } from '../../../src/job/job-readers.ts';
import { JobView } from '../../../src/job/job-view.ts';
import { LeaseCalls } from '../../../src/job/lease-calls.ts';
import { refuseExpired } from '../../../src/job/result-expired.ts';
import { CrashError, SimulatedStore } from './simulated-store.ts';
import { ID_COUNT, LEASE_TTL_MS, type Mode, OWNER, specOf } from './work.ts';
import type { World } from './world.ts';

export interface JobLinks {
  readonly announce: (announcement: JobAnnouncement, isCurrent: () => boolean) => Promise<Outcome<undefined>>;
  readonly cancelAtBridge: (ended: EndedLease) => void;
  /** The process is gone, and every stream with it. */
  readonly cutReaders: () => void;
}

/** Everything that a process of the Job object holds in memory. A crash makes a new one. */
interface Process {
  readonly ledger: JobLedger;
  readonly calls: LeaseCalls;
  readonly alarm: JobAlarm;
  readonly announcer: Announcer;
  readonly readers: JobReaders;
  shownVersion: number;
}

/** A store that holds a queued job of this mode, made at `createdAtMs`. */
export function createJobStore(mode: Mode, createdAtMs: number): SimulatedStore {
  return new SimulatedStore((store) => {
    const { sql } = store;
    const ledger = new JobLedger({ sql, transact: (work) => store.transact(work), now: () => createdAtMs });
    const ids = Uint8Array.from({ length: ID_COUNT * 8 }, (_, index) => (index % 8 === 7 ? Math.floor(index / 8) : 0));
    ledger.create(specOf(mode, createdAtMs), ids, { owner: OWNER, now: createdAtMs });
  });
}

/** The Job object's shell without its platform: what `job-object.ts` wires, on a store, a clock and an alarm of ours. */
export class JobHost {
  readonly store: SimulatedStore;
  /** When the platform calls `alarm`. It outlives the process. */
  alarmAtMs: number | undefined;
  readonly #world: World;
  readonly #links: JobLinks;
  #process: Process;
  #crashes = 0;

  constructor(store: SimulatedStore, world: World, links: JobLinks) {
    this.store = store;
    this.#world = world;
    this.#links = links;
    this.#process = this.#start();
  }

  get ledger(): JobLedger {
    return this.#process.ledger;
  }

  get crashes(): number {
    return this.#crashes;
  }

  /** `undefined`: there is no answer, the process is gone. */
  async call<Value>(work: (calls: LeaseCalls) => Value): Promise<Outcome<Value> | undefined> {
    const process = this.#process;
    try {
      return await attempt(async () => {
        try {
          process.ledger.settle();
          if (await this.#dropIfForgotten(process)) throw new ProblemError('JOB_NOT_FOUND', 'There is no such job.');
          return work(process.calls);
        } finally {
          await this.#afterChange(process);
        }
      });
    } catch (error) {
      this.#crashAfter(process, error);
      return undefined;
    }
  }

  lease(request: LeaseJob): Promise<Outcome<Lease | undefined> | undefined> {
    const nonce = this.#world.unique().toString(16).padStart(32, '0');
    return this.call((calls) => calls.lease({ ...request, nonce, ttlMs: LEASE_TTL_MS }, this.#world.edgeMs));
  }

  /** One more reader, who goes on behind `after`. */
  read(query: URLSearchParams): Promise<Outcome<ReadableStream<Uint8Array>> | undefined> {
    const { ledger, readers } = this.#process;
    return this.call(() => {
      const life = ledger.record.life();
      refuseExpired(life);
      return readers.open(query, life);
    });
  }

  async goOff(): Promise<void> {
    const process = this.#process;
    this.alarmAtMs = undefined;
    if (!process.ledger.exists()) return;
    try {
      await process.alarm.goneOff(this.#world.edgeMs);
      process.ledger.settle();
      await this.#afterChange(process);
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'STORE_FULL') return;
      this.#crashAfter(process, error);
    }
  }

  crash(): void {
    this.#crashes++;
    this.#links.cutReaders();
    this.store.reopen();
    this.#process = this.#start();
  }

  #start(): Process {
    const { sql } = this.store;
    const now = () => this.#world.edgeMs;
    const ledger = new JobLedger({ sql, transact: (work) => this.store.transact(work), now });
    const view = new JobView(ledger, new JobPace());
    const born = this.#crashes;
    const announcer = new Announcer({
      record: ledger.record,
      now,
      send: (announcement) => this.#links.announce(announcement, () => this.#crashes === born),
      describe: () => view.describe(),
    });
    const alarm = new JobAlarm({
      setAlarm: async (atMs) => void (this.alarmAtMs = atMs),
      deleteAlarm: async () => void (this.alarmAtMs = undefined),
    });
    if (ledger.exists()) void alarm.arm(ledger.nextDueMs(), now());
    const readers = new JobReaders({
      ledger,
      now,
      progressLine: () => view.progressLine(),
      // The store of a simulation is on disk at once.
      sync: () => Promise.resolve(),
    });
    return { ledger, calls: new LeaseCalls(ledger), alarm, announcer, readers, shownVersion: 0 };
  }

  async #afterChange(process: Process): Promise<void> {
    const { ledger, alarm, announcer } = process;
    if (!ledger.exists() || (await this.#dropIfForgotten(process))) return;
    const ended = ledger.takeEndedLease();
    if (ended) this.#links.cancelAtBridge(ended);
    if (ledger.version !== process.shownVersion) {
      process.shownVersion = ledger.version;
      process.readers.wakeAll();
    }
    await alarm.arm(ledger.nextDueMs(), this.#world.edgeMs);
    if (!announcer.due()) return;
    const told = announcer
      .run()
      .then(() => (ledger.exists() ? alarm.arm(ledger.nextDueMs(), this.#world.edgeMs) : undefined));
    // What goes wrong here is logged by the platform; the alarm looks again.
    told.catch((error: unknown) => {
      if (error instanceof CrashError) this.#crashAfter(process, error);
    });
  }

  async #dropIfForgotten({ ledger, alarm, readers }: Process): Promise<boolean> {
    if (!ledger.forgotten) return false;
    await alarm.clear();
    this.store.wipe();
    ledger.reset();
    readers.wakeAll();
    return true;
  }

  /** @throws unknown What is no crash is a defect of the product. */
  #crashAfter(process: Process, error: unknown): void {
    if (!(error instanceof CrashError)) throw error;
    if (this.#process === process) this.crash();
  }
}
