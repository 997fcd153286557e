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
import { encodeJobEvent } from '#protocol/job-event.ts';
import type { JobCancelled, JobStatus, Manifest, Progress } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import { CONTAINER_ID_BYTES } from '#protocol/ids.ts';
import type { Lease, LeaseKey } from '#protocol/lease.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { Env } from '../env.ts';
import type { Outcome } from '../outcome.ts';
import { attempt } from '../outcome.ts';
import { problemResponse } from '../routes/http/problem-response.ts';
import { settingsOf } from '../settings.ts';
import { jobStub, siteStub } from '../site/stubs.ts';
import type { JobDescription } from './announcer.ts';
import { Announcer } from './announcer.ts';
import type { CreatedJob, CreateJob, JobApi, LeaseJob, RecordIds, VersionedStatus } from './job-api.ts';
import { JobLedger } from './job-ledger.ts';
import {
  allRecords,
  manifest,
  metaLine,
  positionAfter,
  refuseExpired,
  resultPage,
  stageAnswer,
  totalBatches,
} from './job-reads.ts';
import type { JobLife } from './job-state.ts';
import { nextDueMs } from './job-state.ts';
import { etagOf, jobStatus } from './job-status.ts';
import { createJobStream } from './job-stream.ts';
import type { SegmentSource } from './stream-encoding.ts';
import { createGzipEncoding, createIdentityEncoding } from './stream-encoding.ts';
import type { RateSample } from './progress.ts';
import { addRateSample, progressLine, progressOf } from './progress.ts';
import { collectIds, readRecordIds } from './source-ids.ts';
import { Waiters } from './waiters.ts';

/** Streams of one job at the same time; each holds one slice of a segment. */
const MAX_READERS = 64;

/**
 * One job: the only authority on its state, lease, log and progress. A shell: the ledger keeps the books, this wakes
 * readers, arms the alarm, and talks to the Site object.
 */
export class JobObject extends DurableObject<Env> implements JobApi {
  /** Replaced by tests that need a clock of their own. */
  now: () => number = () => Date.now();
  readonly #ledger: JobLedger;
  readonly #announcer: Announcer;
  readonly #waiters = new Waiters();
  #readers = 0;
  #shownVersion = 0;
  #alarmAtMs: number | undefined;
  #phase: string | undefined;
  #samples: RateSample[] = [];

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const transact = <Value>(work: () => Value): Value => ctx.storage.transactionSync(work);
    this.#ledger = new JobLedger({ sql: ctx.storage.sql, transact, now: () => this.now() });
    this.#announcer = new Announcer({
      record: this.#ledger.record,
      now: () => this.now(),
      send: (announcement) => siteStub(env, announcement.summary.site).announce(announcement),
      describe: () => this.#describe(),
    });
    // An alarm is lost for good after six failures; whoever wakes the object sets it again.
    if (this.#ledger.exists()) void ctx.blockConcurrencyWhile(() => this.#armAlarm());
  }

  create(request: CreateJob): Promise<Outcome<CreatedJob>> {
    return attempt(async () => {
      const created = !this.#ledger.exists() && (await this.#createNew(request));
      if (!created) this.#ledger.join(request.owner);
      await this.#afterChange();
      return { created, status: this.#status(this.#ledger.settle()) };
    });
  }

  /** `false`: a request of the same id was faster while this one fetched its ids. */
  async #createNew(request: CreateJob): Promise<boolean> {
    const ids = await collectIds(request, (jobId) => {
      const stub = jobStub(this.env, jobId);
      if (!stub) throw new ProblemError('JOB_NOT_FOUND', 'The job named as source does not exist.');
      return stub;
    });
    if (this.#ledger.exists()) return false;
    const { spec, owner, deadlineSeconds, contentHash, cacheSeconds } = request;
    const job = { ...spec, cid_count: ids.byteLength / CONTAINER_ID_BYTES };
    this.#ledger.create({ job, deadlineSeconds, contentHash, cacheSeconds }, ids, owner);
    return true;
  }

  status(): Promise<Outcome<VersionedStatus>> {
    return this.#call(() => this.#versioned());
  }

  waitForChange(etag: string, waitMs: number): Promise<Outcome<VersionedStatus>> {
    return this.#waitUntil(waitMs, (current) => current.etag !== etag);
  }

  waitForEnd(waitMs: number): Promise<Outcome<VersionedStatus>> {
    return this.#waitUntil(waitMs, () => false);
  }

  /** A job that has ended is answered at once, whatever is waited for. */
  #waitUntil(waitMs: number, enough: (current: VersionedStatus) => boolean): Promise<Outcome<VersionedStatus>> {
    const untilMs = this.now() + waitMs;
    return this.#call(async () => {
      for (;;) {
        const current = this.#versioned();
        const leftMs = untilMs - this.now();
        if (leftMs <= 0 || isTerminal(current.status.state) || enough(current)) return current;
        await this.#waiters.wait(leftMs);
      }
    });
  }

  cancel(request: { owner: string; force: boolean }): Promise<Outcome<JobCancelled>> {
    return this.#call(() => {
      const { life, left } = this.#ledger.cancel(request);
      if (left) return { state: life.state, withdrawn: true };
      return life.database ? { state: life.state, database: life.database } : { state: life.state };
    });
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
    const nonce = crypto.randomUUID().replaceAll('-', '');
    return this.#call(() => {
      this.#samples = [];
      return this.#ledger.lease({ ...request, nonce, ttlMs: this.#leaseTtlMs() });
    });
  }

  ids(key: LeaseKey, from: number, count: number): Promise<Outcome<Uint8Array>> {
    return this.#call(() => this.#ledger.ids(key, from, count));
  }

  renew(key: LeaseKey, phase: string): Promise<Outcome<{ ttl_ms: number; cancelled: boolean }>> {
    return this.#call(() => {
      const { cancelled } = this.#ledger.renew(key, this.#leaseTtlMs());
      this.#phase = phase;
      return { ttl_ms: this.#leaseTtlMs(), cancelled };
    });
  }

  putChunk(key: LeaseKey, head: ChunkHead, segment: Uint8Array): Promise<Outcome<{ credit: number }>> {
    return this.#quietCall(() => this.#ledger.putChunk(key, head, segment));
  }

  seal(key: LeaseKey, domain: Domain, request: SealRequest): Promise<Outcome<{ credit: number }>> {
    return this.#call(() => {
      const answer = this.#ledger.seal(key, domain, request);
      const records = this.#ledger.log.domains().reduce((sum, row) => sum + row.records, 0);
      this.#samples = addRateSample(this.#samples, { atMs: this.now(), records });
      return answer;
    });
  }

  endDomain(key: LeaseKey, domain: Domain, request: EndDomainRequest): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#ledger.endDomain(key, domain, request));
  }

  aggregate(key: LeaseKey, data: Record<string, unknown>): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#ledger.aggregate(key, data));
  }

  finish(key: LeaseKey, request: FinishRequest): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#ledger.finish(key, request));
  }

  fail(key: LeaseKey, request: FailRequest): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#ledger.fail(key, request));
  }

  reportCancelled(key: LeaseKey, request: CancelledRequest): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#ledger.reportCancelled(key, request));
  }

  complete(key: LeaseKey, head: CompleteHead, segments: Uint8Array[]): Promise<Outcome<undefined>> {
    return this.#callVoid(() => this.#ledger.complete(key, head, segments));
  }

  override async fetch(request: Request): Promise<Response> {
    const outcome = await this.#call((life) => this.#read(new URL(request.url), life));
    if (outcome.ok) return outcome.value;
    return problemResponse(new ProblemError(outcome.code, outcome.detail, outcome), '');
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = undefined;
    if (!this.#ledger.exists()) return;
    this.#ledger.settle();
    await this.#afterChange();
  }

  #read(url: URL, life: JobLife): Response {
    refuseExpired(life);
    if (url.pathname === '/stream') return this.#streamResponse(url, life);
    const json = { headers: { 'content-type': 'application/json' } };
    if (url.pathname === '/result') {
      const { body, link } = resultPage(this.#ledger, life, url.searchParams);
      return new Response(body, { headers: { ...json.headers, ...(link === undefined ? {} : { link }) } });
    }
    if (url.pathname === '/records') return new Response(allRecords(this.#ledger, this.#status(life)), json);
    return new Response(stageAnswer(this.#ledger, this.#status(life)), json);
  }

  #streamResponse(url: URL, life: JobLife): Response {
    const { job_id: jobId } = this.#ledger.spec().job;
    const after = positionAfter(url.searchParams.get('after'), jobId, life.generation);
    if (this.#readers >= MAX_READERS) {
      throw new ProblemError('RATE_LIMITED', 'Too many readers are on this job at this moment.', {
        retryAfterSeconds: 5,
      });
    }
    this.#readers++;
    const { log } = this.#ledger;
    const segments: SegmentSource = {
      whole: (segmentId) => log.segmentBytes(segmentId),
      part: (segmentId, from, count) => log.segmentSlice(segmentId, from, count),
    };
    const stream = createJobStream(
      {
        jobId,
        metaLine: () => metaLine(this.#ledger, life),
        progressLine: () => encodeJobEvent(progressLine(this.#progress(), this.#ledger.log.domains(), this.#idCount())),
        generation: () => this.#ledger.record.life().generation,
        nextEntry: (position) => this.#ledger.log.nextEntry(position),
        totalBatches: (domain) => totalBatches(this.#ledger, domain),
        gone: () => this.#ledger.record.life().state === 'expired',
        wait: (waitMs, signal) => this.#waiters.wait(waitMs, signal),
        now: () => this.now(),
        closed: () => this.#readers--,
      },
      url.searchParams.get('gzip') === '1' ? createGzipEncoding(segments) : createIdentityEncoding(segments),
      after,
    );
    return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } });
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
      this.#waiters.wakeAll();
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
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#ledger.reset();
    this.#waiters.wakeAll();
    return true;
  }

  /** A later time than the one that is set is left alone: the alarm looks again and sets the next. */
  async #armAlarm(): Promise<void> {
    if (!this.#ledger.exists()) return;
    const times = [nextDueMs(this.#ledger.record.life()), this.#ledger.record.announcement().dueAtMs];
    const nextMs = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    if (!Number.isFinite(nextMs) || (this.#alarmAtMs !== undefined && this.#alarmAtMs <= nextMs)) return;
    this.#alarmAtMs = nextMs;
    await this.ctx.storage.setAlarm(nextMs);
  }

  #describe(): JobDescription {
    const life = this.#ledger.record.life();
    return { life, status: this.#status(life), spec: this.#ledger.spec() };
  }

  #versioned(): VersionedStatus {
    const status = this.#status(this.#ledger.record.life());
    return { status, etag: etagOf(status) };
  }

  #status(life: JobLife): JobStatus {
    const { job: spec } = this.#ledger.spec();
    return jobStatus({ spec, life, domains: this.#ledger.log.domains(), progress: this.#progress() });
  }

  #progress(): Progress {
    const { job } = this.#ledger.spec();
    const { startedAtMs } = this.#ledger.record.life();
    const lastSeal = this.#samples.at(-1);
    return progressOf({
      domains: this.#ledger.log.domains(),
      idCount: job.cid_count,
      resume: job.resume,
      phase: this.#phase ?? job.kind,
      samples: this.#samples,
      elapsedMs: lastSeal && startedAtMs !== undefined ? lastSeal.atMs - startedAtMs : undefined,
    });
  }

  #idCount(): number {
    return this.#ledger.spec().job.cid_count;
  }

  #leaseTtlMs(): number {
    return settingsOf(this.env).leaseTtlMs;
  }
}
