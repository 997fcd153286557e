import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import * as z from 'zod/mini';
import { BRIDGE_TOKEN_AUDIENCE, bridgeTokenClaimsSchema } from '#protocol/bridge-message.ts';
import { MAX_BRIDGE_TOKEN_SECONDS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { BridgeIdentity, Settings } from '../settings.ts';
import { sha256Hex } from './digest.ts';

/**
 * Every bridge call carries an Ed25519 JWT that is good for this one call only: method, path with query, and SHA-256 of
 * the body are claims. It is checked in two steps, so that nobody unknown makes the edge read a body: signature, times,
 * method and path first, the body's digest when it was read.
 */
export interface BridgeCall {
  readonly bridge: BridgeIdentity;
  /** @throws ProblemError `UNAUTHENTICATED` if this is not the body the token was made for. */
  readonly verifyBody: (body: Uint8Array) => Promise<void>;
}

/** Clocks of a factory and of the edge may differ by so much. */
const CLOCK_TOLERANCE_SECONDS = 5;
const BEARER = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

const timesSchema = z.object({ iat: z.number(), exp: z.number() });
const importedKeys = new WeakMap<BridgeIdentity, Map<string, CryptoKey>>();

/** @throws ProblemError `UNAUTHENTICATED`; the reason is in its cause, which the caller never sees. */
export async function authenticateBridge(request: Request, settings: Settings): Promise<BridgeCall> {
  try {
    const token = BEARER.exec(request.headers.get('authorization') ?? '')?.[1];
    if (token === undefined) throw new Error('no bearer token');
    const { bridge, key } = await findKey(token, settings);
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA', 'Ed25519'],
      audience: BRIDGE_TOKEN_AUDIENCE,
      issuer: bridge.bridgeId,
      requiredClaims: ['iat', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: MAX_BRIDGE_TOKEN_SECONDS,
    });
    const times = z.parse(timesSchema, payload);
    if (times.exp - times.iat > MAX_BRIDGE_TOKEN_SECONDS) throw new Error('the token lives too long');
    const claims = z.parse(bridgeTokenClaimsSchema, payload);
    const url = new URL(request.url);
    if (claims.method !== request.method) throw new Error('the token is for another method');
    if (claims.path !== url.pathname + url.search) throw new Error('the token is for another path');
    return { bridge, verifyBody: (body) => verifyDigest(body, claims.body_sha256) };
  } catch (cause) {
    throw refuse(cause);
  }
}

/** The key a token says it was signed with. Nothing of the token is believed yet. */
async function findKey(token: string, settings: Settings): Promise<{ bridge: BridgeIdentity; key: CryptoKey }> {
  const { kid } = decodeProtectedHeader(token);
  const { iss } = decodeJwt(token);
  const bridge = settings.bridges.get(iss ?? '');
  const x = bridge?.keys.get(kid ?? '');
  if (!bridge || x === undefined || kid === undefined) throw new Error('unknown bridge or key');
  return { bridge, key: await importKey(bridge, kid, x) };
}

/** Keeps the key, not its promise: a promise belongs to the request that made it. */
async function importKey(bridge: BridgeIdentity, kid: string, x: string): Promise<CryptoKey> {
  const keys = importedKeys.get(bridge) ?? new Map<string, CryptoKey>();
  importedKeys.set(bridge, keys);
  const known = keys.get(kid);
  if (known) return known;
  const key = await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x }, { name: 'Ed25519' }, false, [
    'verify',
  ]);
  keys.set(kid, key);
  return key;
}

async function verifyDigest(body: Uint8Array, expected: string): Promise<void> {
  const digest = await sha256Hex(body);
  if (digest !== expected) throw refuse(new Error('the token is for another body'));
}

function refuse(cause: unknown): ProblemError {
  return new ProblemError('UNAUTHENTICATED', 'The bridge token is missing or not valid for this call.', { cause });
}
