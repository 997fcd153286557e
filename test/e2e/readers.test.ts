import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitEvents } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { rssBytes } from '../helpers/process-stats.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import { readStream, readToEnd } from '../helpers/stream-check.ts';

const CONTAINERS = 12_000;
/**
 * What ten readers that take nothing may add to workerd. Its sockets and pipes run 5 to 10 MiB ahead of each; the stream
 * itself has 46 MB, ten times.
 */
const STALLED_GROWTH_BYTES = 120 * 1024 * 1024;

let plant: Plant;
let ids: string[];
beforeAll(async () => {
  const warehouseFile = await sampleFile(CONTAINERS);
  ids = await sampleIds(warehouseFile, CONTAINERS);
  plant = await startPlant({ warehouseFile });
});
afterAll(() => plant.stop());

/** A reader that asks for the identity stream and then takes nothing. */
async function stalledReader(jobId: string): Promise<Socket> {
  const { hostname, port } = new URL(plant.url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  await once(socket, 'connect');
  socket.write(`GET /api/trace/job/${jobId}/stream HTTP/1.1\r\nHost: ${hostname}\r\nAccept-Encoding: identity\r\n\r\n`);
  return socket;
}

describe('readers of one job', () => {
  it('do not disturb each other: ten stall, ten leave, ten read to the end', async () => {
    const events = { container_ids: ids, domains: ['history', 'materials'] };
    // What ten readers cost anyhow is not what is asked here.
    const undisturbed = await submitEvents(plant.url, events);
    await Promise.all(Array.from({ length: 10 }, () => readToEnd(plant.url, undisturbed)));
    const jobId = await submitEvents(plant.url, events);
    const stalled = await Promise.all(Array.from({ length: 10 }, () => stalledReader(jobId)));
    try {
      await Promise.all(Array.from({ length: 10 }, () => readStream(plant.url, jobId, { onLine: () => false })));
      const before = rssBytes(plant.edge.pid);
      const readers = await Promise.all(Array.from({ length: 10 }, () => readToEnd(plant.url, jobId)));
      const total = readers[0]?.records ?? 0;
      expect(total).toBeGreaterThan(50_000);
      for (const reader of readers) {
        expect(reader.terminal).toMatchObject({ type: 'complete', state: 'succeeded' });
        expect(reader.records).toBe(total);
      }
      expect(rssBytes(plant.edge.pid) - before).toBeLessThan(STALLED_GROWTH_BYTES);
      // One that stalled all the time takes everything now.
      const late = stalled[0] as Socket;
      let text = '';
      late.on('data', (part) => (text = (text + part.toString('latin1')).slice(-500)));
      late.resume();
      while (!text.includes('"type":"complete"')) await once(late, 'data');
      expect(text).toContain(`"total_records":${total}`);
    } finally {
      for (const socket of stalled) socket.destroy();
    }
  });
});
