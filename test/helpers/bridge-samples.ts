import type { Lease } from '#protocol/lease.ts';
import { exportJWK, generateKeyPair } from 'jose';
import type { BridgeConfig } from '../../oracle-bridge/config.ts';
import { parseConfig } from '../../oracle-bridge/config.ts';
import type { BridgeKey, SignCall } from '../../oracle-bridge/edge/bridge-token.ts';
import { bridgeKeySchema, createSigner } from '../../oracle-bridge/edge/bridge-token.ts';
import type { Logger } from '../../oracle-bridge/log.ts';
import { createLogger } from '../../oracle-bridge/log.ts';
import { EdgeClient } from '../../oracle-bridge/edge/edge-client.ts';
import { EdgeHttp } from '../../oracle-bridge/edge/edge-http.ts';
import type { EncodeBatch } from '../../oracle-bridge/job/streaming-output.ts';
import type { RecordBatch } from '../../oracle-bridge/warehouse/warehouse.ts';
import { deflateSegment, describeRaw } from './make-chunk.ts';

export const JOB_ID = 'ab'.repeat(32);
export const NONCE = '0123456789abcdef'.repeat(2);
export const SILENT: Logger = createLogger({ level: 'silent' });

export interface LeaseChanges extends Omit<Partial<Lease>, 'spec'> {
  readonly spec?: Partial<Lease['spec']>;
}

/** A lease of a batch job of one domain, unless told otherwise. */
export function makeLease(changes: LeaseChanges = {}): Lease {
  const jobId = changes.job_id ?? JOB_ID;
  return {
    job_id: jobId,
    epoch: 1,
    nonce: NONCE,
    ttl_ms: 30_000,
    resume: {},
    aggregated: false,
    ...changes,
    spec: {
      job_id: jobId,
      kind: 'events',
      lane: 'batch',
      resume: 'ids',
      profile: 'query_tool',
      site: 'fab1',
      domains: ['materials'],
      params: { kind: 'events' },
      cid_count: 3,
      batch_records: 5000,
      created_at: '2026-11-01T00:00:00Z',
      ...changes.spec,
    },
  };
}

export async function makeKey(kid = 'k1'): Promise<BridgeKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  return bridgeKeySchema.parse({ ...(await exportJWK(privateKey)), kid });
}

export function makeEnvironment(changes: Readonly<Record<string, string | undefined>> = {}) {
  return {
    EDGE_URL: 'http://127.0.0.1:1',
    SITE: 'fab1',
    BRIDGE_ID: 'bridge-1',
    BRIDGE_PRIVATE_KEY_JWK: '{}',
    DUCKDB_FILE: '/nowhere/warehouse.duckdb',
    ...changes,
  };
}

export function makeConfig(changes: Readonly<Record<string, string | undefined>> = {}): BridgeConfig {
  return parseConfig(makeEnvironment(changes));
}

export async function makeEdge(
  edgeUrl: string,
  log: Logger = SILENT,
): Promise<{ http: EdgeHttp; client: EdgeClient; sign: SignCall }> {
  const sign = await createSigner('bridge-1', await makeKey());
  const http = new EdgeHttp({ edgeUrl, connections: 4, sign, log });
  return { http, client: new EdgeClient(http, log), sign };
}

/** `count` records as a warehouse hands them over. */
export function makeBatch(count: number, containersFound = 0): RecordBatch {
  const records = Array.from({ length: count }, (_, index) => JSON.stringify({ CONTAINERID: index }));
  return { count, containersFound, json: Buffer.from(records.join(',\t')) };
}

/** The plainest encoder there can be: one chunk a batch. */
export const encodePlainly: EncodeBatch = ({ domain, batch, count, json }) => {
  const head = `{"type":"records","domain":"${domain}","batch":${batch},"count":${count},"data":[`;
  const raw = Buffer.concat([Buffer.from(head), json, Buffer.from(']}\n')]);
  return Promise.resolve([{ head: { domain, batch, count, ...describeRaw(raw) }, segment: deflateSegment(raw) }]);
};
