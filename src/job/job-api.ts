import type { Domain } from '#protocol/domain.ts';
import type { JobCancelled, JobStatus, JobSummary, Manifest } from '#protocol/job.ts';
import type { JobSpec, Lease, LeaseKey } from '#protocol/lease.ts';
import type {
  CancelledRequest,
  ChunkHead,
  CompleteHead,
  EndDomainRequest,
  FailRequest,
  FinishRequest,
  SealRequest,
} from '#protocol/bridge-message.ts';
import type { ContainerIdsFrom, IdsRange } from '#protocol/trace.ts';
import type { Outcome } from '../outcome.ts';

/** What the Worker and the Site object may ask of one Job object. */
export interface JobApi {
  /** Idempotent: the same id again changes nothing but adds the owner. */
  create(request: CreateJob): Promise<Outcome<CreatedJob>>;
  status(): Promise<Outcome<VersionedStatus>>;
  /**
   * Answers when the status is another than `etag` says, the job has ended, or after `waitMs`; when only its progress is
   * another, not at once.
   */
  waitForChange(etag: string, waitMs: number): Promise<Outcome<VersionedStatus>>;
  /** Answers when the job has ended, or after `waitMs`. */
  waitForEnd(waitMs: number): Promise<Outcome<VersionedStatus>>;
  /** Removes one owner; the last one's leaving cancels. `force`: an administrator's cancel, for all owners. */
  cancel(request: { owner: string; force: boolean }): Promise<Outcome<JobCancelled>>;
  /** A call of this owner no longer waits: takes back one wish; with the last one the owner is removed. */
  withdraw(owner: string): Promise<Outcome<undefined>>;
  manifest(): Promise<Outcome<Manifest>>;
  /** Packed container ids (sorted, distinct) of some of a domain's sealed chunks. `site`: of the job that asks. */
  readRecordIds(request: { site: string; domain: Domain; chunkFrom: number }): Promise<Outcome<RecordIds>>;

  // The bridge's calls.
  lease(request: LeaseJob): Promise<Outcome<Lease | undefined>>;
  ids(key: LeaseKey, from: number, count: number): Promise<Outcome<Uint8Array>>;
  renew(key: LeaseKey, phase: string): Promise<Outcome<{ ttl_ms: number; cancelled: boolean }>>;
  putChunk(key: LeaseKey, head: ChunkHead, segment: Uint8Array): Promise<Outcome<{ credit: number }>>;
  seal(key: LeaseKey, domain: Domain, request: SealRequest): Promise<Outcome<{ credit: number }>>;
  endDomain(key: LeaseKey, domain: Domain, request: EndDomainRequest): Promise<Outcome<undefined>>;
  aggregate(key: LeaseKey, data: Record<string, unknown>): Promise<Outcome<undefined>>;
  finish(key: LeaseKey, request: FinishRequest): Promise<Outcome<undefined>>;
  fail(key: LeaseKey, request: FailRequest): Promise<Outcome<undefined>>;
  reportCancelled(key: LeaseKey, request: CancelledRequest): Promise<Outcome<undefined>>;
  /** `segments`: one for each domain of `head` that has a chunk, in that order. */
  complete(key: LeaseKey, head: CompleteHead, segments: Uint8Array[]): Promise<Outcome<undefined>>;

  /**
   * Streaming reads, by path of the request:
   * `/stream?after=&gzip=0|1` – NDJSON, already gzip-encoded bytes if `gzip=1` (the Worker sets the header);
   * `/result?domain=&offset=&limit=` – one page; `/answer?page=&per_page=` – the answer in one body (a query's has one
   * page, other kinds have no pages); `/records` – `/result` without a domain. Problems come as `application/problem+json`.
   */
  fetch(request: Request): Promise<Response>;
}

export interface CreateJob {
  readonly spec: Omit<JobSpec, 'cid_count'>;
  readonly owner: string;
  /** Packed, sorted, deduplicated (see `packContainerIds`); absent when the ids come from another job. */
  readonly ids?: Uint8Array;
  readonly idsFrom?: ContainerIdsFrom;
  /** Applied to the sorted, deduplicated ids. */
  readonly idsRange?: IdsRange;
  /** Most ids the job may have: more is `CID_LIMIT_EXCEEDED`. */
  readonly maxIds: number;
  readonly deadlineSeconds: number;
  /** Key of the reservation that may answer equal requests; announced with the end. */
  readonly contentHash: string;
  /** Seconds for which a complete result may answer equal requests; 0: never, it is too large. */
  readonly cacheSeconds: number;
}

export interface CreatedJob {
  readonly created: boolean;
  readonly status: JobStatus;
}

export interface VersionedStatus {
  readonly status: JobStatus;
  /** Strong ETag, quotes included. */
  readonly etag: string;
}

export interface RecordIds {
  readonly ids: Uint8Array;
  /** Where to go on, `undefined` at the end. */
  readonly nextChunk: number | undefined;
}

export interface LeaseJob {
  readonly requestId: string;
  readonly bridgeId: string;
  readonly bootId: string;
}

/** What a Job object tells its Site object: at every change of state, and as a heartbeat while it lives. */
export interface JobAnnouncement {
  readonly summary: JobSummary;
  /** Rises with every announcement of this job; older ones are ignored. */
  readonly sequence: number;
  readonly owners: readonly string[];
  readonly contentHash: string;
  /** Seconds from its end for which the result may answer equal requests; 0 unless succeeded and complete. */
  readonly cacheSeconds: number;
  /** The bridge that holds it, while running. */
  readonly bridgeId: string | undefined;
}
