import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeJobEvent, type JobEvent } from '#protocol/job-event.ts';
import { submitEvents } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { peakRssBytes, resetPeakRss, rssBytes } from '../helpers/process-stats.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import { readStream, readToEnd } from '../helpers/stream-check.ts';

const CONTAINERS = 12_000;
/**
 * What ten readers that take nothing may add to workerd. Its sockets and pipes run 5 to 10 MiB ahead of each; the stream
 * itself has 46 MB, ten times.
 */
const STALLED_GROWTH_BYTES = 120 * 1024 * 1024;

const FIFTY = 50;
/**
 * What fifty readers may add to workerd: their sockets and pipes, each with less than ten of them that are stalled have,
 * and a slice of 256 KiB.
 */
const FIFTY_GROWTH_BYTES = 200 * 1024 * 1024;
const RECORDS_HEAD = Buffer.from('{"type":"records"');
const LINE_END = 10;

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

/**
 * Reads a stream to its end and answers the digests of its positions and its last line. Node has compared the bytes with
 * the CRC-32 of the edge by then; records are not opened, which fifty times a hundred thousand would take long.
 */
async function readPositions(jobId: string): Promise<{ digests: string[]; records: number; last: JobEvent }> {
  const { body } = await request(`${plant.url}/api/trace/job/${jobId}/stream`, {
    headers: { 'accept-encoding': 'gzip' },
  });
  const digests: string[] = [];
  let records = 0;
  let last: JobEvent | undefined;
  let held: Buffer[] = [];
  for await (const part of body.pipe(createGunzip()) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = part.indexOf(LINE_END); end >= 0; end = part.indexOf(LINE_END, from)) {
      const line = Buffer.concat([...held, part.subarray(from, end)]);
      held = [];
      from = end + 1;
      if (line.subarray(0, RECORDS_HEAD.byteLength).equals(RECORDS_HEAD)) continue;
      last = decodeJobEvent(line.toString());
      if (last.type !== 'position') continue;
      digests.push(last.sha256);
      records += last.count;
    }
    if (from < part.byteLength) held.push(part.subarray(from));
  }
  if (!last) throw new Error('nothing was read');
  return { digests, records, last };
}

describe('readers of one job', () => {
  it('may be fifty at once while it runs: each has every record once, and memory stays bounded', async () => {
    const events = { container_ids: ids, domains: ['history', 'materials', 'rejects', 'holds'] };
    const warm = await submitEvents(plant.url, events);
    await readPositions(warm);
    const before = rssBytes(plant.edge.pid);
    resetPeakRss(plant.edge.pid);

    const jobId = await submitEvents(plant.url, events);
    const readers = await Promise.all(Array.from({ length: FIFTY }, () => readPositions(jobId)));
    expect(peakRssBytes(plant.edge.pid) - before).toBeLessThan(FIFTY_GROWTH_BYTES);
    // One that opens every record and follows every digest, to compare the others with.
    const digests: string[] = [];
    const careful = await readToEnd(plant.url, jobId, {
      onLine: (event) => (event.type === 'position' ? digests.push(event.sha256) > 0 : true),
    });
    expect(careful.terminal).toMatchObject({ type: 'complete', state: 'succeeded' });
    expect(careful.records).toBeGreaterThan(100_000);
    for (const reader of readers) {
      expect(reader.digests).toEqual(digests);
      expect(reader.records).toBe(careful.records);
      expect(reader.last).toEqual(careful.terminal);
    }
  });

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
