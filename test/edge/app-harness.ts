import { createExecutionContext, env } from 'cloudflare:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { LeaseRequest, Slots } from '#protocol/bridge-message.ts';
import { BRIDGE_TOKEN_AUDIENCE } from '#protocol/bridge-message.ts';
import type { Lease } from '#protocol/lease.ts';
import { formatLeaseHeader, LEASE_HEADER } from '#protocol/lease.ts';
import type { Problem } from '#protocol/problem.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { sha256Hex } from '../../src/access/digest.ts';
import { createApp } from '../../src/app.ts';
import type { Env } from '../../src/env.ts';
import { siteStub } from '../../src/site/stubs.ts';
import { NO_RATE_LIMITS } from '../helpers/no-rate-limits.ts';
import { eventually } from '../helpers/eventually.ts';

/** The edge's application on the real objects, with variables and keys of its own; and a bridge played by hand. */
export const ORIGIN = 'https://lotstream.test';
export const BRIDGE_ID = 'bridge-1';
export const KEY_ID = 'key-1';

const { privateKey, publicKey } = await generateKeyPair('Ed25519', { extractable: true });
const { x } = await exportJWK(publicKey);
export const bridgeKey = privateKey;

const assets = {
  fetch: async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
  connect: () => {
    throw new Error('assets have no sockets');
  },
};

/**
 * Bindings of the test Worker with variables of the test's own. Sites are how tests of one file keep apart; calls are
 * limited only where a test says so.
 */
export function makeEnv(variables: Partial<Env> & { readonly SITES: string }): Env {
  const site = variables.SITES.split(',')[0] ?? '';
  return {
    ...env,
    ASSETS: assets,
    IDENTITY: 'local',
    ...NO_RATE_LIMITS,
    BRIDGE_KEYS: JSON.stringify([{ bridge_id: BRIDGE_ID, site, keys: [{ kid: KEY_ID, x }] }]),
    ...variables,
  };
}

const app = createApp();

export async function call(testEnv: Env, path: string, init: RequestInit = {}): Promise<Response> {
  return app.fetch(new Request(ORIGIN + path, init), testEnv, createExecutionContext());
}

export async function post(
  testEnv: Env,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return call(testEnv, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** The problem of a response that must be one. */
export async function problemOf(response: Response): Promise<Problem> {
  if (response.headers.get('content-type') !== 'application/problem+json')
    throw new Error(`${response.status} is no problem: ${await response.text()}`);
  return response.json<Problem>();
}

export interface TokenParts {
  readonly method: string;
  readonly path: string;
  readonly body?: Uint8Array | string;
  readonly kid?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly issuedAt?: number;
  readonly lifeSeconds?: number;
  readonly key?: CryptoKey;
}

export async function signToken(parts: TokenParts): Promise<string> {
  const issuedAt = parts.issuedAt ?? Math.floor(Date.now() / 1000);
  const claims = { method: parts.method, path: parts.path, body_sha256: await sha256Hex(parts.body ?? '') };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid: parts.kid ?? KEY_ID })
    .setIssuer(parts.issuer ?? BRIDGE_ID)
    .setAudience(parts.audience ?? BRIDGE_TOKEN_AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + (parts.lifeSeconds ?? 60))
    .sign(parts.key ?? bridgeKey);
}

export interface BridgeInit {
  readonly method?: string;
  readonly body?: Uint8Array | string;
  readonly headers?: Record<string, string>;
  readonly lease?: Lease;
}

/** A signed call of the bridge. */
export async function bridgeCall(testEnv: Env, path: string, init: BridgeInit = {}): Promise<Response> {
  const { method = 'POST', body, lease } = init;
  const token = await signToken({ method, path, ...(body === undefined ? {} : { body }) });
  const headers = new Headers({ authorization: `Bearer ${token}`, ...init.headers });
  if (body !== undefined) headers.set('content-length', String(lengthOf(body)));
  if (lease) headers.set(LEASE_HEADER, formatLeaseHeader(lease));
  return call(testEnv, path, { method, headers, ...(body === undefined ? {} : { body }) });
}

function lengthOf(body: Uint8Array | string): number {
  return typeof body === 'string' ? new TextEncoder().encode(body).byteLength : body.byteLength;
}

export interface ConnectedBridge {
  readonly socket: WebSocket;
  /** Messages of the edge so far. */
  readonly heard: Record<string, unknown>[];
  readonly closed: Promise<{ code: number; reason: string }>;
}

export interface HelloParts {
  readonly bootId?: string;
  readonly slots?: Slots;
  readonly protocol?: number;
  readonly bridgeId?: string;
}

export const BOOT_ID = 'b'.repeat(32);

/** Connects the bridge and says hello; resolves when the Site object counts it as connected, or has closed it. */
export async function connectBridge(testEnv: Env, hello: HelloParts = {}): Promise<ConnectedBridge> {
  const site = testEnv.SITES.split(',')[0] ?? '';
  const response = await bridgeCall(testEnv, `/bridge/v1/connect?site=${site}`, {
    method: 'GET',
    headers: { upgrade: 'websocket' },
  });
  const socket = response.webSocket;
  if (!socket) throw new Error(`no WebSocket: ${response.status} ${await response.text()}`);
  const heard: Record<string, unknown>[] = [];
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string' && data !== 'pong') heard.push(JSON.parse(data) as Record<string, unknown>);
  });
  let isClosed = false;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      isClosed = true;
      resolve({ code, reason });
    });
  });
  socket.accept();
  const bootId = hello.bootId ?? BOOT_ID;
  const message = {
    type: 'hello',
    bridge_id: hello.bridgeId ?? BRIDGE_ID,
    boot_id: bootId,
    version: `boot-${bootId.slice(0, 4)}`,
    protocol: hello.protocol ?? PROTOCOL_VERSION,
    slots: hello.slots ?? { interactive: 4, batch: 2 },
    warehouse: 'duckdb',
  };
  socket.send(JSON.stringify(message));
  await eventually(async () => {
    if (isClosed) return;
    const health = await siteStub(testEnv, site).health();
    if (!health.ok || !health.value.bridges.some((bridge) => bridge.version === message.version))
      throw new Error('the bridge is not connected yet');
  });
  return { socket, heard, closed };
}

let requests = 0;

/** A lease call with a request id of its own. */
export function leaseRequest(slots: Slots = { interactive: 4, batch: 2 }): LeaseRequest {
  requests++;
  return { request_id: requests.toString(16).padStart(32, '0'), boot_id: BOOT_ID, slots };
}

/** Leases the bridge is given; asks again until there is one. */
export async function takeLeases(testEnv: Env, slots?: Slots): Promise<Lease[]> {
  return eventually(async () => {
    const response = await bridgeCall(testEnv, '/bridge/v1/leases', { body: JSON.stringify(leaseRequest(slots)) });
    if (!response.ok) throw new Error(await response.text());
    const { leases } = await response.json<{ leases: Lease[] }>();
    if (leases.length === 0) throw new Error('no job waits');
    return leases;
  });
}
