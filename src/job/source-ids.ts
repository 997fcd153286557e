import type { Domain } from '#protocol/domain.ts';
import { CONTAINER_ID_BYTES, mergePackedIds } from '#protocol/ids.ts';
import { needsContainerIds } from '#protocol/lease.ts';
import { MAX_JOB_IDS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { ContainerIdsFrom, IdsRange } from '#protocol/trace.ts';
import { checkIdLimit } from '../limits/split-plan.ts';
import { unwrap } from '../outcome.ts';
import { inflateSegment } from '../stream/segment-check.ts';
import type { CreateJob, JobApi, RecordIds } from './job-api.ts';
import type { ChunkLog } from './chunk-log.ts';
import type { SealedChunk } from './log-rows.ts';
import { packRecordIds } from './record-ids.ts';

/** How container ids get from a request, or from the records of an earlier job, into a new one. */

/** Chunks read for one answer: their ids are at most 5000 × 8 bytes each. */
const CHUNKS_PER_ANSWER = 20;
/** Ids taken from another job before duplicates are dropped: 16 MB. */
const MAX_SOURCE_IDS = 4 * MAX_JOB_IDS;

/** Where ids come from, and how many there may be. */
interface IdsWanted extends Pick<CreateJob, 'ids' | 'idsFrom' | 'maxIds'> {
  readonly spec: Pick<CreateJob['spec'], 'params' | 'site'>;
  readonly idsRange?: IdsRange | undefined;
}

/** The packed ids of a new job. @throws ProblemError for none, too many, or a source that cannot give them. */
export async function collectIds(
  request: IdsWanted,
  stubOf: (jobId: string) => Pick<JobApi, 'readRecordIds'>,
): Promise<Uint8Array> {
  const all = request.idsFrom ? await readSource(request, request.idsFrom, stubOf) : (request.ids ?? new Uint8Array());
  const ids = request.idsRange ? cutRange(all, request.idsRange) : all;
  if (needsContainerIds(request.spec.params) && ids.byteLength === 0)
    throw new ProblemError('INVALID_PARAMS', 'The request names no container.');
  checkIdLimit(ids.byteLength / CONTAINER_ID_BYTES, request.maxIds);
  return ids;
}

async function readSource(
  request: IdsWanted,
  from: ContainerIdsFrom,
  stubOf: (jobId: string) => Pick<JobApi, 'readRecordIds'>,
): Promise<Uint8Array> {
  const source = stubOf(from.job_id);
  const lists: Uint8Array[] = [];
  let total = 0;
  let chunkFrom: number | undefined = 0;
  while (chunkFrom !== undefined) {
    const answer: RecordIds = unwrap(
      await source.readRecordIds({ site: request.spec.site, domain: from.domain, chunkFrom }),
    );
    total += answer.ids.byteLength / CONTAINER_ID_BYTES;
    if (total > MAX_SOURCE_IDS)
      throw new ProblemError('CID_LIMIT_EXCEEDED', 'The job named as source has too many ids.');
    lists.push(answer.ids);
    chunkFrom = answer.nextChunk;
  }
  return mergePackedIds(lists);
}

function cutRange(ids: Uint8Array, range: IdsRange): Uint8Array {
  return ids.subarray(range.from * CONTAINER_ID_BYTES, range.to * CONTAINER_ID_BYTES);
}

/** Ids of a domain's sealed records, some chunks at a time. */
export function readRecordIds(log: ChunkLog, domain: Domain, chunkFrom: number): RecordIds {
  log.domain(domain);
  const chunks = log.sealedChunks(domain);
  const part = chunks.slice(chunkFrom, chunkFrom + CHUNKS_PER_ANSWER);
  const next = chunkFrom + part.length;
  return {
    ids: mergePackedIds(part.map((chunk) => log.keptIds(chunk.segmentId) ?? idsOfRecords(log, chunk))),
    nextChunk: next < chunks.length ? next : undefined,
  };
}

function idsOfRecords(log: ChunkLog, chunk: SealedChunk): Uint8Array {
  const segment = log.segmentBytes(chunk.segmentId);
  if (!segment) throw new ProblemError('JOB_RESULT_EXPIRED', 'The result of the job named as source has expired.');
  return packRecordIds({ ...chunk, raw: inflateSegment(segment, chunk.rawBytes) });
}
