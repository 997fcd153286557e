import { crc32 } from 'node:zlib';
import type { ChunkHead, CompleteHead } from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import type { Lease } from '#protocol/lease.ts';
import { sha256Hex } from '../../src/access/digest.ts';
import { storeBlocks } from '../../src/stream/gzip-stitch.ts';

/** An empty stored block: what a full flush leaves at the end of a segment. */
const FULL_FLUSH = [0, 0, 0, 0xff, 0xff];

/** A chunk as the bridge sends it, only that its segment is stored and not deflated. */
export async function makeSegment(
  records: readonly unknown[],
  place: { domain: Domain; batch: number },
): Promise<{ head: ChunkHead; segment: Uint8Array<ArrayBuffer> }> {
  const { domain, batch } = place;
  const data = records.map((record) => JSON.stringify(record)).join(',\t');
  const line = `{"type":"records","domain":"${domain}","batch":${batch},"count":${records.length},"data":[${data}]}\n`;
  const raw = new TextEncoder().encode(line);
  const segment = Uint8Array.from([...storeBlocks(raw), ...FULL_FLUSH]);
  const check = { raw_bytes: raw.byteLength, crc32: crc32(raw), sha256: await sha256Hex(raw) };
  return { head: { domain, batch, count: records.length, ...check }, segment };
}

/** The body of `complete` for these records of a lease. */
export async function makeCompleteBody(
  { spec }: Lease,
  sets: Partial<Record<Domain, readonly unknown[]>>,
  aggregation?: Record<string, unknown>,
): Promise<Uint8Array<ArrayBuffer>> {
  const domains: CompleteHead['domains'] = [];
  const segments: Uint8Array[] = [];
  for (const [domain, records] of Object.entries(sets) as [Domain, readonly unknown[]][]) {
    const found = records.length;
    const end = { domain, ids_to: spec.cid_count, containers_found: found, status: 'complete' } as const;
    if (records.length === 0) {
      domains.push(end);
      continue;
    }
    const { head, segment } = await makeSegment(records, { domain, batch: 1 });
    const { count, raw_bytes, crc32: check, sha256 } = head;
    domains.push({ ...end, chunk: { count, raw_bytes, crc32: check, sha256, segment_bytes: segment.byteLength } });
    segments.push(segment);
  }
  const head = new TextEncoder().encode(JSON.stringify(aggregation ? { domains, aggregation } : { domains }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.byteLength);
  return Uint8Array.from([...length, ...head, ...segments.flatMap((segment) => [...segment])]);
}
