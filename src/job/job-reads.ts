import type { Domain } from '#protocol/domain.ts';
import { domainSchema } from '#protocol/domain.ts';
import { encodeJobEvent } from '#protocol/job-event.ts';
import { isTerminal } from '#protocol/job.ts';
import type { JobStatus, Manifest } from '#protocol/job.ts';
import { DEFAULT_ROWS_PER_PAGE, MAX_INTERACTIVE_RECORDS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { decodeCursor } from '../stream/cursor.ts';
import type { QueryPage, RecordSet } from './answer-parts.ts';
import { allRecordsParts, extentOf, pageParts, queryAnswerParts, stageAnswerParts } from './answer-parts.ts';
import { createBodyStream } from './body-stream.ts';
import type { JobLedger } from './job-ledger.ts';
import type { JobLife } from './job-life.ts';
import { utc } from './job-status.ts';

/** Records of an answer in one body that is a stream all the same; more has to be paged or streamed. */
const MAX_ANSWER_RECORDS = 500_000;

/** The bodies that a finished or running job can be asked for, cut out of its log. */

/** The log position a reader goes on behind. @throws ProblemError `INVALID_CURSOR` or `GENERATION_CHANGED`. */
export function positionAfter(cursor: string | null, jobId: string, generation: number): number {
  if (cursor === null) return 0;
  const place = decodeCursor(cursor, jobId);
  if (place.generation !== generation) {
    throw new ProblemError('GENERATION_CHANGED', 'The result was started over. Read it again from its beginning.', {
      members: { generation },
    });
  }
  return place.position;
}

export function metaLine(ledger: JobLedger, life: JobLife): string {
  const { job } = ledger.spec();
  return encodeJobEvent({
    type: 'meta',
    job_id: job.job_id,
    generation: life.generation,
    kind: job.kind,
    profile: job.profile,
    site: job.site,
    domains: job.domains,
    cid_count: job.cid_count,
    created_at: utc(life.createdAtMs),
  });
}

/** The body a path of `JobApi.fetch` asks for: one page, every record, or the answer of the stage. */
export function readBody(ledger: JobLedger, status: JobStatus, url: URL): Response {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (url.pathname === '/records') return new Response(allRecords(ledger, status), { headers });
  if (url.pathname !== '/result') return new Response(wholeAnswer(ledger, status, url.searchParams), { headers });
  const { body, link } = resultPage(ledger, status, url.searchParams);
  if (link !== undefined) headers.set('link', link);
  return new Response(body, { headers });
}

/** `?domain=&offset=&limit=`, already checked by the Worker for being numbers in their ranges. */
function resultPage(ledger: JobLedger, status: JobStatus, query: URLSearchParams): ResultPageBody {
  const domain = domainSchema.safeParse(query.get('domain'));
  if (!domain.success) throw new ProblemError('UNKNOWN_DOMAIN', 'There is no domain of that name.');
  const { records: total } = ledger.log.domain(domain.data);
  const offset = Number(query.get('offset') ?? 0);
  const limit = Number(query.get('limit'));
  const chunks = ledger.log.chunksOfPage(domain.data, offset, limit);
  const page = { domain: domain.data, offset, limit, total, complete: isTerminal(status.state) };
  const { result_url: url } = status;
  const next = `${url}?domain=${domain.data}&offset=${offset + limit}&limit=${limit}`;
  return {
    body: createBodyStream(pageParts(page, chunks), wholeSegment(ledger)),
    link: offset + limit < total ? `<${next}>; rel="next"` : undefined,
  };
}

interface ResultPageBody {
  readonly body: ReadableStream<Uint8Array>;
  /** `Link` of the page behind this one, if records of it are there. */
  readonly link: string | undefined;
}

/** Every record of a small, finished job. */
function allRecords(ledger: JobLedger, status: JobStatus): ReadableStream<Uint8Array> {
  requireEnded(status);
  const sets = recordSets(ledger, MAX_INTERACTIVE_RECORDS);
  return createBodyStream(allRecordsParts(status, isTerminal(status.state), sets), wholeSegment(ledger));
}

/** The answer in one body: of a stage with every record, of a query with those of the page in `query`. */
function wholeAnswer(ledger: JobLedger, status: JobStatus, query: URLSearchParams): ReadableStream<Uint8Array> {
  requireEnded(status);
  const { params } = ledger.spec().job;
  if (params.kind === 'query_tool') return queryAnswer(ledger, status, { query: params.query, ...pageOf(query) });
  const stage = { ...status, kind: params.kind };
  const sets = recordSets(ledger, MAX_ANSWER_RECORDS);
  return createBodyStream(stageAnswerParts(stage, sets, aggregationText(ledger)), wholeSegment(ledger));
}

function queryAnswer(ledger: JobLedger, status: JobStatus, page: Omit<QueryPage, 'total'>): ReadableStream<Uint8Array> {
  const { offset, limit } = extentOf(page);
  const { records: total } = ledger.log.domain('rows');
  const chunks = ledger.log.chunksOfPage('rows', offset, limit);
  const content = { chunks, aggregation: aggregationText(ledger) };
  return createBodyStream(queryAnswerParts(status, { ...page, total }, content), wholeSegment(ledger));
}

/** `?page=&per_page=`, already checked by the Worker. */
function pageOf(query: URLSearchParams): Pick<QueryPage, 'page' | 'perPage'> {
  return { page: Number(query.get('page') ?? 1), perPage: Number(query.get('per_page') ?? DEFAULT_ROWS_PER_PAGE) };
}

export function manifest(ledger: JobLedger, life: JobLife): Manifest {
  return {
    job_id: ledger.spec().job.job_id,
    generation: life.generation,
    complete: isTerminal(life.state),
    chunks: ledger.log.sealedChunks().map((chunk) => ({
      position: chunk.position,
      domain: chunk.domain,
      batch: chunk.batch,
      offset: chunk.firstRecord,
      count: chunk.count,
      raw_bytes: chunk.rawBytes,
      sha256: chunk.sha256,
    })),
  };
}

/** Batches of a domain, `null` while it is open. */
export function totalBatches(ledger: JobLedger, domain: Domain): number | null {
  const row = ledger.log.domain(domain);
  return row.outcome ? row.nextBatch - 1 : null;
}

function requireEnded(status: JobStatus): void {
  if (!isTerminal(status.state)) throw new ProblemError('JOB_NOT_COMPLETE', 'The job has not ended yet.');
}

function recordSets(ledger: JobLedger, mostRecords: number): RecordSet[] {
  const rows = ledger.log.domains();
  const records = rows.reduce((sum, row) => sum + row.records, 0);
  if (records > mostRecords) {
    throw new ProblemError(
      'RESULT_TOO_LARGE',
      `The result has ${records} records; at most ${mostRecords} fit into one answer. Read its stream, or its pages.`,
    );
  }
  return rows.map((row) => ({ domain: row.name, chunks: ledger.log.sealedChunks(row.name), records: row.records }));
}

function aggregationText(ledger: JobLedger): string {
  const line = ledger.log.lineOf('aggregation');
  return line === undefined ? '' : line.slice('{"type":"aggregation","data":'.length, -'}\n'.length);
}

function wholeSegment(ledger: JobLedger): (segmentId: number) => Uint8Array | undefined {
  return (segmentId) => ledger.log.segmentBytes(segmentId);
}
