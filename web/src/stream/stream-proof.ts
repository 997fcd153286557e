import type { Bytes } from './bytes.ts';

/** Lower-case hex SHA-256 of bytes. */
export type Sha256 = (bytes: Bytes) => Promise<string>;

const encoder = new TextEncoder();

/** SHA-256 by the platform, outside the script's own thread. Needs a secure context. */
export const platformSha256: Sha256 = async (bytes) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  let hex = '';
  for (const byte of digest) hex += byte.toString(16).padStart(2, '0');
  return hex;
};

/** Digest of a domain: of its chunks' hex digests in batch order; of the stream: of its domains' in `meta` order. */
export function digestOfDigests(digests: readonly string[], sha256: Sha256): Promise<string> {
  return sha256(encoder.encode(digests.join('')));
}
