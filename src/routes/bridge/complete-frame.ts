import type { CompleteHead } from '#protocol/bridge-message.ts';
import { completeHeadSchema } from '#protocol/bridge-message.ts';
import { ProblemError } from '#protocol/problem.ts';
import { parseJson } from '../http/read-body.ts';
import { parseWith } from '../http/validate.ts';

const LENGTH_BYTES = 4;

/**
 * The body of `complete`: a 4-byte big-endian length, the head as JSON, then one segment for each domain that has a
 * chunk, in the order of the head. The lengths must use up the body exactly.
 * @throws ProblemError `INVALID_PARAMS`.
 */
export function splitComplete(body: Uint8Array): { head: CompleteHead; segments: Uint8Array[] } {
  if (body.byteLength < LENGTH_BYTES) throw wrongLength();
  const headBytes = new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(0);
  if (headBytes > body.byteLength - LENGTH_BYTES) throw wrongLength();
  let at = LENGTH_BYTES + headBytes;
  const head = parseWith(completeHeadSchema, parseJson(body.subarray(LENGTH_BYTES, at)));
  const segments: Uint8Array[] = [];
  for (const { chunk } of head.domains) {
    if (!chunk) continue;
    // A copy: sent to the object as a view, the whole body would go with each of them.
    segments.push(body.slice(at, at + chunk.segment_bytes));
    at += chunk.segment_bytes;
  }
  if (at !== body.byteLength) throw wrongLength();
  return { head, segments };
}

function wrongLength(): ProblemError {
  return new ProblemError('INVALID_PARAMS', 'The lengths in the body do not add up to its own.');
}
