import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireFreePort, waitForBridge } from '../../src/local/readiness.ts';
import { findFreePort } from '../helpers/free-port.ts';

const bridge = {
  bridge_id: 'b',
  site: 'fab1',
  version: '1',
  warehouse: 'duckdb',
  last_seen_at: '2026-03-04T05:06:07.089Z',
  slots: { interactive: 1, batch: 1 },
  free: { interactive: 1, batch: 1 },
  in_flight: 0,
  rss_bytes: 1,
  draining: false,
};

/** An edge that answers `/api/healthz` with the next of these bodies each time, and with the last one from then on. */
async function serveHealth(bodies: readonly string[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createHttpServer((_request, response) => {
    response.end(bodies[Math.min(asked++, bodies.length - 1)]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

function health(bridges: readonly unknown[]): string {
  const queue = { interactive: 0, batch: 0 };
  const status = bridges.length > 0 ? 'ok' : 'no_bridge';
  return JSON.stringify({
    status,
    protocol: 1,
    sites: ['fab1'],
    bridges,
    queue,
    maintenance: [],
    maintenance_running: false,
  });
}

describe('waitForBridge', () => {
  it('waits until a bridge is connected that takes work, whatever is answered before', async () => {
    const bodies = ['no json', '{}', health([]), health([{ ...bridge, draining: true }]), health([bridge])];
    const { url, asked } = await serveHealth(bodies);
    await waitForBridge(url, new AbortController().signal);
    expect(asked()).toBe(bodies.length);
  });

  it('ends with the reason of its signal', async () => {
    const { url } = await serveHealth([health([])]);
    const stopping = new AbortController();
    const waiting = waitForBridge(url, stopping.signal);
    stopping.abort(new Error('stopped by the user'));
    await expect(waiting).rejects.toThrow('stopped by the user');
  });
});

describe('requireFreePort', () => {
  it('says in one sentence that a port is taken, and leaves a free one free', async () => {
    const port = await findFreePort();
    await requireFreePort('127.0.0.1', port);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    await expect(requireFreePort('127.0.0.1', port)).rejects.toThrow(`Port ${port} is in use.`);
  });

  it('says when there is no such address', async () => {
    await expect(requireFreePort('203.0.113.7', 8787)).rejects.toThrow('lotstream cannot listen on 203.0.113.7');
  });
});
