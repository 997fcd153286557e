import type {
  ChunkHead,
  CompleteHead,
  EndDomainRequest,
  FinishRequest,
  SealRequest,
} from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import { encodeJobEvent } from '#protocol/job-event.ts';
import type { JobSpec } from '#protocol/lease.ts';
import { MAX_CONTROL_LINE_BYTES } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { checkSegment } from '../stream/segment-check.ts';
import type { ChunkLog } from './chunk-log.ts';
import type { JobLife } from './job-life.ts';
import { idsToKeep } from './record-ids.ts';
import { domainEndLine, domainWarningLine, terminalLine } from './log-lines.ts';

/**
 * What the holder of a lease writes into the log, and what has to be true of it. Called behind the check of the lease and
 * inside its transaction: what throws here leaves nothing. A `boolean` answer: whether readers have something new to see.
 */
export interface OpenLog {
  readonly log: ChunkLog;
  readonly job: JobSpec;
}

/** @throws ProblemError `CHUNK_CORRUPT`, or as `ChunkLog.admit`. */
export function stageChunk({ log, job }: OpenLog, head: ChunkHead, segment: Uint8Array): void {
  if (head.count > job.batch_records) {
    throw new ProblemError('CHUNK_CORRUPT', 'The chunk has more records than a batch of this job.');
  }
  if (log.admit(head) === 'repeated') return;
  const raw = checkSegment(segment, head);
  log.stage(head, segment, idsToKeep({ ...head, raw }));
}

/** @throws ProblemError as `decideSeal`. */
export function sealRange({ log, job }: OpenLog, domain: Domain, request: SealRequest): boolean {
  return log.seal(domain, request, { resume: job.resume, idCount: job.cid_count });
}

/** @throws ProblemError `CHUNKS_MISSING` unless the totals are those of the log. */
export function endDomain({ log, job }: OpenLog, name: Domain, request: EndDomainRequest): boolean {
  const { status, code, detail, totals } = request;
  const before = log.domain(name);
  if (before.outcome) return false;
  if (totals.records !== before.records || totals.batches !== before.nextBatch - 1) {
    throw new ProblemError('CHUNKS_MISSING', 'The totals of the domain are not those of its sealed chunks.');
  }
  if (status === 'complete' && job.resume === 'ids' && before.idsDone !== job.cid_count) {
    throw new ProblemError('CHUNKS_MISSING', 'The domain is said to be complete, but not all ids are done.');
  }
  log.startDomain(name);
  log.endDomain(name, { status, code, detail });
  const row = log.domain(name);
  const warning = domainWarningLine(row);
  if (warning) log.appendLine('warning', encodeJobEvent(warning));
  const end = domainEndLine(row, job.cid_count, log.concatenatedDigests(name));
  log.appendLine('domain_end', encodeJobEvent(end));
  return true;
}

/** Once; another summary of the same job is not looked at. @throws ProblemError `RESULT_TOO_LARGE`. */
export function writeAggregation(log: ChunkLog, data: Record<string, unknown>): boolean {
  if (log.hasEntryOf('aggregation')) return false;
  const line = encodeJobEvent({ type: 'aggregation', data });
  if (new TextEncoder().encode(line).byteLength > MAX_CONTROL_LINE_BYTES) {
    throw new ProblemError('RESULT_TOO_LARGE', 'The summary of this job is too large.');
  }
  log.appendLine('aggregation', line);
  return true;
}

/** Everything of a whole job in one call, but its end. `segments`: one for each domain that has a chunk, in that order. */
export function writeWhole(open: OpenLog, head: CompleteHead, segments: readonly Uint8Array[]): void {
  const rest = [...segments];
  for (const part of head.domains) writeWholeDomain(open, part, () => rest.shift());
  if (head.aggregation) writeAggregation(open.log, head.aggregation);
}

function writeWholeDomain(
  open: OpenLog,
  part: CompleteHead['domains'][number],
  nextSegment: () => Uint8Array | undefined,
): void {
  const { domain, status, code, detail } = part;
  const records = part.chunk?.count ?? 0;
  const batches = part.chunk ? 1 : 0;
  if (part.chunk) {
    const { segment_bytes: _bytes, ...chunk } = part.chunk;
    const segment = nextSegment();
    if (!segment) throw new ProblemError('CHUNK_CORRUPT', 'The body ends before its last segment.');
    stageChunk(open, { domain, batch: 1, ...chunk }, segment);
  }
  if (part.chunk || part.ids_to > 0) {
    sealRange(open, domain, {
      first_batch: 1,
      ...(part.chunk ? { last_batch: 1 } : {}),
      ids_to: part.ids_to,
      records,
      containers_found: part.containers_found,
    });
  }
  endDomain(open, domain, {
    status,
    ...(code === undefined ? {} : { code }),
    ...(detail === undefined ? {} : { detail }),
    totals: { records, batches },
  });
}

/** @throws ProblemError `CHUNKS_MISSING` unless every domain has ended and the totals are those of the log. */
export function requireTotals(log: ChunkLog, { records: claimed }: FinishRequest): void {
  const rows = log.domains();
  const open = rows.filter((row) => !row.outcome).map((row) => row.name);
  if (open.length > 0) throw new ProblemError('CHUNKS_MISSING', 'A domain has not ended.', { members: { open } });
  const records = rows.reduce((sum, row) => sum + row.records, 0);
  if (records !== claimed) throw new ProblemError('CHUNKS_MISSING', 'The job has other totals than its log.');
}

export function writeTerminalLine(log: ChunkLog, life: JobLife): void {
  const domains = log.domains();
  const chunkDigests = domains.map((row) => log.concatenatedDigests(row.name));
  const line = terminalLine({ life, domains, chunkDigests });
  log.appendLine(line.type, encodeJobEvent(line));
}
