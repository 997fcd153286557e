import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bridgeKeySchema } from '../../oracle-bridge/edge/bridge-token.ts';
import { ControlSocket } from '../../oracle-bridge/edge/control-socket.ts';
import { createEdge } from '../../oracle-bridge/edge/create-edge.ts';
import type { EdgeClient } from '../../oracle-bridge/edge/edge-client.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { bundleEdge } from '../../src/local/build.ts';
import { loadDevKeys } from '../../src/local/dev-keys.ts';
import { type EdgeRuntime, startEdge } from '../../src/local/edge-runtime.ts';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { makeConfig, SILENT } from '../helpers/bridge-samples.ts';
import { post, statusOf } from '../helpers/edge-calls.ts';
import { makeChunk } from '../helpers/make-chunk.ts';
import { peakRssBytes, resetPeakRss, rssBytes } from '../helpers/process-stats.ts';

/** The edge on workerd; this test is its bridge. */
const SITE = 'fab1';
const BATCH = 5000;
const CHUNKS_PER_SEAL = 8;
/** What a list of ids may add to workerd while it is taken in. */
const INLINE_GROWTH_BYTES = 80 * 1024 * 1024;
const REFERENCE_GROWTH_BYTES = 64 * 1024 * 1024;
const BOOT_ID = 'b'.repeat(32);
const SLOTS = { interactive: 1, batch: 1 };
const signal = new AbortController().signal;

let dir: string;
let edge: EdgeRuntime;
let bridge: EdgeClient;
let socket: ControlSocket;
beforeAll(async () => {
  const bundleDir = path.join(PROJECT_DIR, 'dist/edge');
  await bundleEdge(bundleDir, AbortSignal.timeout(60_000));
  dir = await mkdtemp(path.join(tmpdir(), 'lotstream-ids-'));
  const { bridgeId, bridgeKeys, privateKeyFile } = await loadDevKeys(path.join(dir, 'keys'), SITE);
  edge = await startEdge({
    bundleDir,
    persistDir: path.join(dir, 'edge'),
    variables: { SITES: SITE, IDENTITY: 'local', BRIDGE_KEYS: bridgeKeys },
    onLog: () => undefined,
  });
  const key = bridgeKeySchema.parse(JSON.parse(await readFile(privateKeyFile, 'utf8')));
  const config = makeConfig({ EDGE_URL: edge.url, BRIDGE_ID: bridgeId });
  const { http, client, sign } = await createEdge(config, { key, log: SILENT, connections: 4 });
  bridge = client;
  const connected = Promise.withResolvers<void>();
  socket = new ControlSocket({
    edgeUrl: edge.url,
    site: SITE,
    http,
    sign,
    readHello: () => ({
      type: 'hello',
      bridge_id: bridgeId,
      boot_id: BOOT_ID,
      version: '1.0.0',
      protocol: PROTOCOL_VERSION,
      slots: SLOTS,
      warehouse: 'none',
    }),
    readStatus: () => ({ in_flight: 0, free: SLOTS, rss_bytes: 0, draining: false }),
    onConnected: connected.resolve,
    onMessage: () => undefined,
    log: SILENT,
  });
  socket.start();
  await connected.promise;
});
afterAll(async () => {
  await socket.close();
  await bridge.close();
  await edge.stop();
  await rm(dir, { recursive: true, force: true });
});

const containerId = (index: number): string => `4881${index.toString(16).padStart(12, '0')}`;

/** A finished lineage of so many nodes, written as a bridge writes it. */
async function writeLineage(nodes: number): Promise<string> {
  const body = { profile: 'mid_section_defect', container_ids: [containerId(0)] };
  const posted = await post(`${edge.url}/api/trace/lineage`, body, { prefer: 'respond-async' });
  const { job_id: jobId } = (await posted.json()) as { job_id: string };
  const request = { request_id: 'a'.repeat(32), boot_id: BOOT_ID, slots: SLOTS };
  const lease = (await bridge.lease(request, signal)).find((granted) => granted.job_id === jobId);
  if (!lease) throw new Error('the lineage was not leased');
  const batches = Math.ceil(nodes / BATCH);
  for (let batch = 1; batch <= batches; batch++) {
    const first = (batch - 1) * BATCH;
    const records = Array.from({ length: Math.min(BATCH, nodes - first) }, (_, index) => ({
      container_id: containerId(first + index),
    }));
    const chunk = makeChunk(records, { domain: 'nodes', batch });
    await bridge.putChunk(lease, chunk.head, chunk.segment, signal);
    if (batch % CHUNKS_PER_SEAL !== 0 && batch < batches) continue;
    const firstBatch = batch - ((batch - 1) % CHUNKS_PER_SEAL);
    const sealed = Math.min(nodes, batch * BATCH) - (firstBatch - 1) * BATCH;
    const range = { first_batch: firstBatch, last_batch: batch, ids_to: 0, records: sealed, containers_found: 0 };
    await bridge.seal(lease, 'nodes', range, signal);
  }
  await bridge.endDomain(lease, 'nodes', { status: 'complete', totals: { records: nodes, batches } }, signal);
  const none = { first_batch: 1, ids_to: 0, records: 0, containers_found: 0 };
  await bridge.seal(lease, 'edges', none, signal);
  await bridge.endDomain(lease, 'edges', { status: 'complete', totals: { records: 0, batches: 0 } }, signal);
  await bridge.finish(lease, { records: nodes }, signal);
  return jobId;
}

/** Submits a job that nobody leases, and what workerd held at most meanwhile beyond what it held before. */
async function submit(members: Record<string, unknown>): Promise<{ cidCount: number; growthBytes: number }> {
  const before = rssBytes(edge.pid);
  resetPeakRss(edge.pid);
  const body = { profile: 'mid_section_defect', domains: ['holds'], ...members };
  const posted = await post(`${edge.url}/api/trace/events`, body, { prefer: 'respond-async' });
  const accepted = (await posted.json()) as { job_id: string };
  const growthBytes = peakRssBytes(edge.pid) - before;
  const { cid_count: cidCount } = await statusOf(edge.url, accepted.job_id);
  return { cidCount, growthBytes };
}

describe('large lists of container ids', () => {
  it('come inline, 200,000 of them', async () => {
    const { cidCount, growthBytes } = await submit({
      container_ids: Array.from({ length: 200_000 }, (_, index) => containerId(index)),
    });
    expect(cidCount).toBe(200_000);
    expect(growthBytes).toBeLessThan(INLINE_GROWTH_BYTES);
  });

  it('come by reference, half a million of them', async () => {
    const lineage = await writeLineage(500_000);
    const { cidCount, growthBytes } = await submit({ container_ids_from: { job_id: lineage, domain: 'nodes' } });
    expect(cidCount).toBe(500_000);
    expect(growthBytes).toBeLessThan(REFERENCE_GROWTH_BYTES);
  });

  it('are refused unread when the body is larger than may be', async () => {
    const { hostname, port } = new URL(edge.url);
    const socket = connect(Number(port), hostname);
    const head = `POST /api/trace/events HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Content-Length: ${8 * 1024 * 1024}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1.1 413 /);
  });
});
