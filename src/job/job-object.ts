import { DurableObject } from 'cloudflare:workers';
import type {
  CancelledRequest,
  ChunkHead,
  CompleteHead,
  EndDomainRequest,
  FailRequest,
  FinishRequest,
  SealRequest,
} from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import type { JobCancelled, Manifest } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import { CONTAINER_ID_BYTES } from '#protocol/ids.ts';
import type { Lease, LeaseKey } from '#protocol/lease.ts';
import { ProblemError } from '#protocol/problem.ts';
import { hexOf } from '../access/digest.ts';
import type { Env } from '../env.ts';
import { isLost } from '../lost-alarm.ts';
import type { Outcome } from '../outcome.ts';
import { attempt } from '../outcome.ts';
import { problemResponse } from '../routes/http/problem-response.ts';
import { settingsOf } from '../settings.ts';
import { steadyReads } from '../site/steady-reads.ts';
import { jobStub, siteStub } from '../site/stubs.ts';
import { Announcer } from './announcer.ts';
import type { CreatedJob, CreateJob, JobApi, LeaseJob, RecordIds, VersionedStatus } from './job-api.ts';
import { JobAlarm } from './job-alarm.ts';
import { JobLedger } from './job-ledger.ts';
import type { JobLife } from './job-life.ts';
import { JobPace } from './job-pace.ts';
import { JobReaders } from './job-readers.ts';
import { manifest, readBody } from './job-reads.ts';
import { utc } from './job-status.ts';
import { JobView } from './job-view.ts';
import { LeaseCalls } from './lease-calls.ts';
import { LongPolls } from './long-polls.ts';
import { refuseExpired } from './result-expired.ts';
import { collectIds, readRecordIds } from './source-ids.ts';

const NONCE_BYTES = 16;

/**
 * One job: the only authority on its state, lease, log and progress. A shell: the ledger keeps the books, this wakes
 * readers, arms the alarm, and talks to the Site object.
 */
export class JobObject extends DurableObject<Env> implements JobApi {
  /** Replaced by tests that need a clock of their own. */
  now: () => number = () => Date.now();
  readonly #ledger: JobLedger;
  readonly #calls: LeaseCalls;
  readonly #announcer: Announcer;
  readonly #readers: JobReaders;
  readonly #polls: LongPolls;
  readonly #pace = new JobPace();
  readonly #view: JobView;
  readonly #alarm: JobAlarm;
  #shownVersion = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#alarm = new JobAlarm(ctx.storage);
    const transact = <Value>(work: () => Value): Value => ctx.storage.transactionSync(work);
    this.#ledger = new JobLedger({ sql: ctx.storage.sql, transact, now: () => this.now() });
    this.#calls = new LeaseCalls(this.#ledger);
    this.#view = new JobView(this.#ledger, this.#pace);
    this.#polls = new LongPolls({ now: () => this.now(), read: () => this.#view.versioned() });
    this.#announcer = new Announcer({
      record: this.#ledger.record,
      now: () => this.now(),
      send: (announcement) => siteStub(env, announcement.summary.site).announce(announcement),
      describe: () => this.#view.describe(),
    });
    this.#readers = new JobReaders({
      ledger: this.#ledger,
      now: () => this.now(),
      sync: () => ctx.storage.sync(),
      progressLine: () => {
        this.#noticeLostAlarm();
        return this.#view.progressLine();
      },
    });
    // An alarm is lost for good after six failures; whoever wakes the object sets it again.
    if (this.#ledger.exists()) {
      this.#ledger.record.migrate();
      void ctx.blockConcurrencyWhile(() => this.#armAlarm());
    }
  }

  create(request: CreateJob): Promise<Outcome<CreatedJob>> {
    return attempt(async () => {
      const created = !this.#ledger.exists() && (await this.#createNew(request));
      if (!created) this.#ledger.join(request.owner);
      await this.#afterChange();
      await this.#settled();
      return { created, status: this.#view.status() };
    });
  }

  /** `false`: a request of the same id was faster while this one fetched its ids. */
  async #createNew(request: CreateJob): Promise<boolean> {
    const ids = await collectIds(request, (jobId) => {
      return steadyReads(() => {
        const stub = jobStub(this.env, jobId);
        if (!stub) throw new ProblemError('JOB_NOT_FOUND', 'The job named as source does not exist.');
        return stub;
      });
    });
    if (this.#ledger.exists()) return false;
    const { spec, owner, deadlineSeconds, contentHash, cacheSeconds } = request;
    // One moment of creation for everybody: the bridge's `now`, the stream's `meta`, the status.
    const now = this.now();
    const job = { ...spec, cid_count: ids.byteLength / CONTAINER_ID_BYTES, created_at: utc(now) };
    this.#ledger.create({ job, deadlineSeconds, contentHash, cacheSeconds }, ids, { owner, now });
    return true;
  }

  status(): Promise<Outcome<VersionedStatus>> {
    return this.#call(() => this.#view.versioned());
  }

  waitForChange(etag: string, waitMs: number): Promise<Outcome<VersionedStatus>> {
    return this.#call(() => this.#polls.forChange(etag, waitMs));
  }

  waitForEnd(waitMs: number): Promise<Outcome<VersionedStatus>> {
    return this.#call(() => this.#polls.forEnd(waitMs));
  }

  cancel(request: { owner: string; force: boolean }): Promise<Outcome<JobCancelled>> {
    return this.#call(() => {
      const { life, left } = this.#ledger.cancel(request);
      if (left) return { state: life.state, withdrawn: true };
      return life.database ? { state: life.state, database: life.database } : { state: life.state };
    });
  }

  withdraw(owner: string): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#ledger.withdraw(owner));
  }

  manifest(): Promise<Outcome<Manifest>> {
    return this.#call((life) => {
      refuseExpired(life);
      return manifest(this.#ledger, life);
    });
  }

  readRecordIds(request: { site: string; domain: Domain; chunkFrom: number }): Promise<Outcome<RecordIds>> {
    return this.#call((life) => {
      if (this.#ledger.spec().job.site !== request.site) {
        throw new ProblemError('JOB_NOT_FOUND', 'The job named as source does not exist.');
      }
      refuseExpired(life);
      if (!isTerminal(life.state)) throw new ProblemError('JOB_NOT_COMPLETE', 'The job named as source has not ended.');
      return readRecordIds(this.#ledger.log, request.domain, request.chunkFrom);
    });
  }

  lease(request: LeaseJob): Promise<Outcome<Lease | undefined>> {
    const nonce = hexOf(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
    return this.#call(() => {
      const lease = this.#calls.lease({ ...request, nonce, ttlMs: this.#leaseTtlMs() }, this.now());
      if (lease?.nonce === nonce) this.#pace.startOver();
      return lease;
    });
  }

  ids(key: LeaseKey, from: number, count: number): Promise<Outcome<Uint8Array>> {
    return this.#call(() => this.#calls.ids(key, from, count));
  }

  renew(key: LeaseKey, phase: string): Promise<Outcome<{ ttl_ms: number; cancelled: boolean }>> {
    return this.#call(() => {
      const { cancelled } = this.#calls.renew(key, this.#leaseTtlMs());
      this.#pace.notePhase(phase);
      return { ttl_ms: this.#leaseTtlMs(), cancelled };
    });
  }

  putChunk(key: LeaseKey, head: ChunkHead, segment: Uint8Array): Promise<Outcome<{ credit: number }>> {
    return this.#quietCall(() => this.#calls.putChunk(key, head, segment));
  }

  seal(key: LeaseKey, domain: Domain, request: SealRequest): Promise<Outcome<{ credit: number }>> {
    return this.#call(() => {
      const answer = this.#calls.seal(key, domain, request);
      const records = this.#ledger.log.domains().reduce((sum, row) => sum + row.records, 0);
      this.#pace.noteRecords(records, this.now());
      return answer;
    });
  }

  endDomain(key: LeaseKey, domain: Domain, request: EndDomainRequest): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#calls.endDomain(key, domain, request));
  }

  aggregate(key: LeaseKey, data: Record<string, unknown>): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#calls.aggregate(key, data));
  }

  finish(key: LeaseKey, request: FinishRequest): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#calls.finish(key, request));
  }

  fail(key: LeaseKey, request: FailRequest): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#calls.fail(key, request));
  }

  reportCancelled(key: LeaseKey, request: CancelledRequest): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#calls.reportCancelled(key, request));
  }

  complete(key: LeaseKey, head: CompleteHead, segments: Uint8Array[]): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#calls.complete(key, head, segments));
  }

  override async fetch(request: Request): Promise<Response> {
    const outcome = await this.#call((life) => this.#read(new URL(request.url), life));
    if (outcome.ok) return outcome.value;
    return problemResponse(new ProblemError(outcome.code, outcome.detail, outcome), '');
  }

  override async alarm(): Promise<void> {
    if (!this.#ledger.exists()) return;
    await this.#alarm.goneOff(this.now());
    this.#ledger.settle();
    await this.#afterChange();
  }

  #read(url: URL, life: JobLife): Response {
    refuseExpired(life);
    if (url.pathname === '/stream') {
      const stream = this.#readers.open(url.searchParams, life);
      return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } });
    }
    return readBody(this.#ledger, this.#view.status(), url);
  }

  /** A call that may have changed what readers, the alarm or the Site object have to know. */
  #call<Value>(work: (life: JobLife) => Value | Promise<Value>): Promise<Outcome<Value>> {
    return attempt(async () => {
      try {
        return await work(await this.#settled());
      } finally {
        await this.#afterChange();
      }
    });
  }

  #callVoid(work: () => void): Promise<Outcome<undefined>> {
    return this.#call(() => {
      work();
      return undefined;
    });
  }

  /** A staged chunk is nothing that anybody waits for. */
  #quietCall<Value>(work: () => Value): Promise<Outcome<Value>> {
    return attempt(work);
  }

  async #settled(): Promise<JobLife> {
    const life = this.#ledger.settle();
    if (await this.#dropIfForgotten()) throw new ProblemError('JOB_NOT_FOUND', 'There is no such job.');
    return life;
  }

  async #afterChange(): Promise<void> {
    if (!this.#ledger.exists() || (await this.#dropIfForgotten())) return;
    const ended = this.#ledger.takeEndedLease();
    const { job_id: jobId, site } = this.#ledger.spec().job;
    if (ended) this.ctx.waitUntil(this.#sendCancel(site, { jobId, ...ended }));
    if (this.#ledger.version !== this.#shownVersion) {
      this.#shownVersion = this.#ledger.version;
      this.#wakeAll();
    }
    await this.#armAlarm();
    if (this.#announcer.due()) this.ctx.waitUntil(this.#announcer.run().then(() => this.#armAlarm()));
  }

  /** The bridge learns of a cancel by its next renewal too; this is only the faster way. */
  async #sendCancel(site: string, cancel: { bridgeId: string; jobId: string; epoch: number }): Promise<void> {
    try {
      await siteStub(this.env, site).sendCancel(cancel);
    } catch (error) {
      console.warn('a cancel did not reach the Site object', error);
    }
  }

  /** Wipes an object whose job is over and forgotten. */
  async #dropIfForgotten(): Promise<boolean> {
    if (!this.#ledger.forgotten) return false;
    await this.#alarm.clear();
    await this.ctx.storage.deleteAll();
    this.#ledger.reset();
    this.#pace.startOver();
    this.#wakeAll();
    return true;
  }

  #wakeAll(): void {
    this.#readers.wakeAll();
    this.#polls.wakeAll();
  }

  async #armAlarm(): Promise<void> {
    if (this.#ledger.exists()) await this.#alarm.arm(this.#ledger.nextDueMs(), this.now());
  }

  /** A waiting reader has a line every ten seconds: an alarm that has not gone off is noticed then, without any call. */
  #noticeLostAlarm(): void {
    const dueAtMs = this.#ledger.nextDueMs();
    if (dueAtMs !== undefined && isLost(dueAtMs, this.now())) this.ctx.waitUntil(this.alarm());
  }

  #leaseTtlMs(): number {
    return settingsOf(this.env).leaseTtlMs;
  }
}
