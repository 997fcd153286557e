import type { CompleteHead } from '#protocol/bridge-message.ts';
import { MAX_COMPLETE_BODY_BYTES } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';

const LENGTH_BYTES = 4;

/**
 * The body of `complete`: a 4-byte big-endian length, the head as JSON of that length, then the segments one behind the other.
 * @throws ProblemError `RESULT_TOO_LARGE` if the edge would refuse it for its size.
 */
export function frameComplete(head: CompleteHead, segments: readonly Uint8Array[]): Uint8Array {
  const headBytes = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(headBytes.byteLength);
  const body = Buffer.concat([length, headBytes, ...segments]);
  if (body.byteLength > MAX_COMPLETE_BODY_BYTES) {
    throw new ProblemError('RESULT_TOO_LARGE', 'The result is too large for one call.');
  }
  return body;
}
