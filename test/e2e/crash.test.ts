import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusOf, submitEvents } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import { readStream, readToEnd, StreamCheck } from '../helpers/stream-check.ts';

/** What a job of these containers gives when nothing happens to it; every crashed one has to give the same. */
const CONTAINERS = 12_000;
const DOMAINS = ['history', 'materials'];

let plant: Plant;
let ids: string[];
let undisturbed: number;
beforeAll(async () => {
  const warehouseFile = await sampleFile(CONTAINERS);
  ids = await sampleIds(warehouseFile, CONTAINERS);
  plant = await startPlant({ warehouseFile, edgeVariables: { LEASE_TTL_MS: '2000' } });
  undisturbed = (await readToEnd(plant.url, await submitEvents(plant.url, { container_ids: ids, domains: DOMAINS })))
    .records;
  if (undisturbed < 50_000) throw new Error('the job is too short to be interrupted');
});
afterAll(() => plant.stop());

/** Reads until so many records are there, and leaves. */
async function readUntil(jobId: string, records: number): Promise<StreamCheck> {
  const check = new StreamCheck();
  return await readStream(plant.url, jobId, { check, onLine: () => check.records < records });
}

describe('kill -9 in the middle of a job', () => {
  it('of the bridge: the next one goes on, and a reader that resumes has every record once', async () => {
    const jobId = await submitEvents(plant.url, { container_ids: ids, domains: DOMAINS });
    const check = await readUntil(jobId, 5000);
    expect((await statusOf(plant.url, jobId)).state).toBe('running');
    await plant.bridge.kill();
    await plant.startBridge();
    await readToEnd(plant.url, jobId, { check });
    expect(check.terminal).toMatchObject({ type: 'complete', state: 'succeeded' });
    expect(check.records).toBe(undisturbed);
  });

  it('of workerd: the job goes on behind its last seal, and a reader that resumes has every record once', async () => {
    const jobId = await submitEvents(plant.url, { container_ids: ids, domains: DOMAINS });
    const check = await readUntil(jobId, 5000);
    expect((await statusOf(plant.url, jobId)).state).toBe('running');
    await plant.edge.crash();
    await readToEnd(plant.url, jobId, { check });
    expect(check.terminal).toMatchObject({ type: 'complete', state: 'succeeded' });
    expect(check.records).toBe(undisturbed);
  });

  it('of both: nothing is lost and nothing doubled', async () => {
    const jobId = await submitEvents(plant.url, { container_ids: ids, domains: DOMAINS });
    const check = await readUntil(jobId, 5000);
    await Promise.all([plant.bridge.kill(), plant.edge.crash()]);
    await plant.startBridge();
    await readToEnd(plant.url, jobId, { check });
    expect(check.terminal).toMatchObject({ type: 'complete', state: 'succeeded' });
    expect(check.records).toBe(undisturbed);
  });
});

describe('cancel', () => {
  it('reaches the database, keeps what arrived, and says so', async () => {
    const jobId = await submitEvents(plant.url, { container_ids: ids, domains: DOMAINS });
    const check = await readUntil(jobId, 5000);
    const cancelled = await fetch(`${plant.url}/api/trace/job/${jobId}/cancel`, { method: 'POST' });
    expect(cancelled.status).toBe(202);
    expect(await cancelled.json()).toEqual({ state: 'cancelled', database: 'pending' });
    await readToEnd(plant.url, jobId, { check });
    expect(check.terminal).toMatchObject({ type: 'cancelled', database: 'confirmed' });
    const again = await fetch(`${plant.url}/api/trace/job/${jobId}/cancel`, { method: 'POST' });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ state: 'cancelled', database: 'confirmed' });
  });
});
