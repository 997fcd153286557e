import type { Bytes } from './bytes.ts';
import { ClientProblemError } from './client-problem.ts';

/** Lower-case hex SHA-256 of bytes. */
export type Sha256 = (bytes: Bytes) => Promise<string>;

const encoder = new TextEncoder();

/**
 * SHA-256 by the platform, outside the script's own thread.
 * @throws ClientProblemError where the page was not loaded securely: browsers then have no digests.
 */
export const platformSha256: Sha256 = async (bytes) => {
  if (!('subtle' in crypto) || crypto.subtle === undefined) {
    throw new ClientProblemError({ code: 'SECURE_CONTEXT_NEEDED' });
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  let hex = '';
  for (const byte of digest) hex += byte.toString(16).padStart(2, '0');
  return hex;
};

/** Digest of a domain: of its chunks' hex digests in batch order; of the stream: of its domains' in `meta` order. */
export function digestOfDigests(digests: readonly string[], sha256: Sha256): Promise<string> {
  return sha256(encoder.encode(digests.join('')));
}
