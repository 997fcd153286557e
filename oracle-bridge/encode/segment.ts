import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import type { ChunkHead } from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import { MAX_CHUNK_RAW_BYTES, MAX_SEGMENT_BYTES } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { JoinedRecords } from './halve-batch.ts';
import { halveRecords } from './halve-batch.ts';

/** One chunk, ready to be put. `segment` is raw deflate that ends in a full flush: `00 00 FF FF`, no final block. */
export interface EncodedChunk {
  readonly head: ChunkHead;
  readonly segment: Uint8Array;
}

export interface ChunkLimits {
  readonly rawBytes: number;
  readonly segmentBytes: number;
}

const PROTOCOL_LIMITS: ChunkLimits = { rawBytes: MAX_CHUNK_RAW_BYTES, segmentBytes: MAX_SEGMENT_BYTES };

/** Level 1 is three times as fast as level 6 and makes segments a fifth larger; the line is seldom the bottleneck. */
const DEFLATE_OPTIONS = { level: 1, finishFlush: constants.Z_FULL_FLUSH } as const;
const LINE_END = Buffer.from(']}\n');

const deflate = promisify<Uint8Array, typeof DEFLATE_OPTIONS, Buffer>(deflateRaw);

/** Which batch it becomes. */
export interface BatchPlace {
  readonly domain: Domain;
  readonly batch: number;
}

/**
 * A batch as chunks from number `batch` on: one, or several consecutive ones where one would be too large.
 * @throws ProblemError RESULT_TOO_LARGE if a single record is.
 */
export async function encodeBatch(
  { domain, batch, count, json }: BatchPlace & JoinedRecords,
  limits: ChunkLimits = PROTOCOL_LIMITS,
): Promise<EncodedChunk[]> {
  const chunks: EncodedChunk[] = [];
  const waiting: JoinedRecords[] = [{ count, json }];
  for (let records = waiting.pop(); records; records = waiting.pop()) {
    const chunk = await encodeSegment({ domain, batch: batch + chunks.length }, records, limits);
    if (chunk) chunks.push(chunk);
    else if (records.count > 1) waiting.push(...halveRecords(records).toReversed());
    else throw new ProblemError('RESULT_TOO_LARGE', `One record of ${domain} is larger than a chunk may be.`);
  }
  return chunks;
}

/** Exactly one line and its segment, or `undefined` if one of them is larger than its limit. */
export async function encodeSegment(
  { domain, batch }: BatchPlace,
  { count, json }: JoinedRecords,
  limits: ChunkLimits = PROTOCOL_LIMITS,
): Promise<EncodedChunk | undefined> {
  const start = Buffer.from(lineStart(domain, batch, count));
  const rawBytes = start.byteLength + json.byteLength + LINE_END.byteLength;
  if (rawBytes > limits.rawBytes) return undefined;
  const line = Buffer.concat([start, json, LINE_END], rawBytes);
  const segment = await deflate(line, DEFLATE_OPTIONS);
  if (segment.byteLength > limits.segmentBytes) return undefined;
  const sha256 = createHash('sha256').update(line).digest('hex');
  return { head: { domain, batch, count, raw_bytes: rawBytes, crc32: crc32(line), sha256 }, segment };
}

/** Chunks a batch takes at least, for whoever has to know before it is encoded. */
export function countChunks({ count, json }: JoinedRecords, limits: ChunkLimits = PROTOCOL_LIMITS): number {
  let chunks = 1;
  while (json.byteLength / chunks > limits.rawBytes && chunks < count) chunks *= 2;
  return chunks;
}

function lineStart(domain: Domain, batch: number, count: number): string {
  return `{"type":"records","domain":"${domain}","batch":${batch},"count":${count},"data":[`;
}
