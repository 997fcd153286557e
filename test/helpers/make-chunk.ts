import { createHash } from 'node:crypto';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { ChunkHead } from '#protocol/bridge-message.ts';

export interface Chunk {
  readonly head: ChunkHead;
  readonly raw: Uint8Array;
  readonly segment: Uint8Array;
}

/** Records as the bridge writes them: one line, joined by a comma and a TAB. */
export function makeLine(head: Pick<ChunkHead, 'domain' | 'batch' | 'count'>, records: readonly unknown[]): Uint8Array {
  const data = records.map((record) => JSON.stringify(record)).join(',\t');
  const { domain, batch, count } = head;
  return Buffer.from(`{"type":"records","domain":"${domain}","batch":${batch},"count":${count},"data":[${data}]}\n`);
}

/** A segment the way the bridge compresses it: raw deflate that ends in a full flush. */
export function deflateSegment(raw: Uint8Array): Uint8Array {
  return deflateRawSync(raw, { level: 1, finishFlush: constants.Z_FULL_FLUSH });
}

/** A valid chunk of these records. */
export function makeChunk(
  records: readonly unknown[],
  place: Partial<Pick<ChunkHead, 'domain' | 'batch'>> = {},
): Chunk {
  const name = { domain: place.domain ?? 'materials', batch: place.batch ?? 1, count: records.length } as const;
  const raw = makeLine(name, records);
  return { head: { ...name, ...describeRaw(raw) }, raw, segment: deflateSegment(raw) };
}

/** Length and check values of a raw line. */
export function describeRaw(raw: Uint8Array): Pick<ChunkHead, 'raw_bytes' | 'crc32' | 'sha256'> {
  return { raw_bytes: raw.byteLength, crc32: crc32(raw), sha256: createHash('sha256').update(raw).digest('hex') };
}
