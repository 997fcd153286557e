import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT, calculateJwkThumbprint, importJWK } from 'jose';
import * as z from 'zod';
import { BRIDGE_TOKEN_AUDIENCE } from '#protocol/bridge-message.ts';
import { MAX_BRIDGE_TOKEN_SECONDS } from '#protocol/limits.ts';
import type { BridgeConfig } from '../config.ts';
import { ConfigError } from '../config.ts';

/** What one token is good for. */
export interface SignedCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body?: Uint8Array | undefined;
}

export type SignCall = (call: SignedCall) => Promise<string>;

/** The private half of a bridge's Ed25519 key. */
export const bridgeKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().min(1).exactOptional(),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  d: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type BridgeKey = z.infer<typeof bridgeKeySchema>;

/** @throws ConfigError if the key cannot be read or is no private Ed25519 JWK. */
export async function loadBridgeKey(source: BridgeConfig['privateKey']): Promise<BridgeKey> {
  const name = 'file' in source ? 'BRIDGE_PRIVATE_KEY_FILE' : 'BRIDGE_PRIVATE_KEY_JWK';
  const text = 'jwk' in source ? source.jwk : await readKeyFile(source.file);
  const parsed = bridgeKeySchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new ConfigError([`${name} must hold a private Ed25519 key as a JWK (kty OKP, crv Ed25519, x, d)`]);
  return parsed.data;
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigError([`BRIDGE_PRIVATE_KEY_FILE cannot be read (${code}): ${path}`]);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Makes a token for one call: it names method, path and the SHA-256 of the body, and lives for a minute, so that a
 * captured one can do nothing but repeat a call that changes nothing when repeated.
 * @throws ConfigError if the parts of the key do not belong together.
 */
export async function createSigner(bridgeId: string, jwk: BridgeKey): Promise<SignCall> {
  const kid = jwk.kid ?? (await calculateJwkThumbprint(jwk));
  const key = await importJWK(jwk, 'EdDSA').catch(() => {
    throw new ConfigError(['The private key of the bridge cannot be used: its parts do not belong together']);
  });
  return async ({ method, path, body }) => {
    const bodySha256 = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    const issuedAtSeconds = Math.floor(Date.now() / 1000);
    return await new SignJWT({ method, path, body_sha256: bodySha256 })
      .setProtectedHeader({ alg: 'EdDSA', kid })
      .setIssuer(bridgeId)
      .setAudience(BRIDGE_TOKEN_AUDIENCE)
      .setIssuedAt(issuedAtSeconds)
      .setExpirationTime(issuedAtSeconds + MAX_BRIDGE_TOKEN_SECONDS)
      .sign(key);
  };
}
