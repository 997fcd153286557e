import type { JobEvent } from '#protocol/job-event.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { post, statusOf, submitEvents } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { isRunning, peakRssBytes, resetPeakRss, rssBytes, withChildren } from '../helpers/process-stats.ts';
import { readToEnd } from '../helpers/stream-check.ts';
import { id, makeTinyWarehouse, type TinyWarehouse } from '../helpers/tiny-warehouse.ts';

/** One hold has a comment of 9 MB; a line may have 8 MiB. */
const COMMENT_CHARS = 9_000_000;
/** What the text, its JSON, its line and DuckDB's steps between them may add to a bridge that has had a job before. */
const GROWTH_BYTES = 250 * 1024 * 1024;
/** A worker a lane: the one that is measured is the one that is warm. */
const BRIDGE = { SLOTS_INTERACTIVE: '1', SLOTS_BATCH: '1', DUCKDB_THREADS: '1' };
const SANE = id(1);
const ABSURD = id(2);
const DOMAINS = ['materials', 'holds', 'history'];

let warehouse: TinyWarehouse;
let plant: Plant;
beforeAll(async () => {
  const hold = (container: string, name: string) => ({ CONTAINERID: container, HISTORYMAINLINEID: name });
  warehouse = await makeTinyWarehouse(
    {
      CONTAINER: [
        { CONTAINERID: SANE, CONTAINERNAME: 'SANE' },
        { CONTAINERID: ABSURD, CONTAINERNAME: 'ABSURD' },
      ],
      HOLDRELEASEHISTORY: [hold(SANE, 'h1'), hold(ABSURD, 'h2')],
      LOTMATERIALSHISTORY: [
        { CONTAINERID: SANE, MATERIALPARTNAME: 'm1' },
        { CONTAINERID: ABSURD, MATERIALPARTNAME: 'm2' },
      ],
    },
    [
      `update DWH.DW_MES_HOLDRELEASEHISTORY set HOLDCOMMENTS = repeat('x', ${COMMENT_CHARS}) where HISTORYMAINLINEID = 'h2'`,
    ],
  );
  plant = await startPlant({ warehouseFile: warehouse.file, bridgeVariables: BRIDGE });
});
afterAll(async () => {
  await plant.stop();
  await warehouse.close();
});

it.each([
  ['short', 2],
  ['long', 1500],
])('a record larger than a line fails its domain in a %s job, and nothing else', async (_lane, count) => {
  const ids = Array.from({ length: count }, (_, index) => id(index + 1));
  const warm = await submitEvents(plant.url, { container_ids: ids, domains: ['materials'] });
  await readToEnd(plant.url, warm);
  const rss = withChildren(rssBytes);
  const before = rss(plant.bridge.pid);
  resetPeakRss(plant.bridge.pid);

  const jobId = await submitEvents(plant.url, { container_ids: ids, domains: DOMAINS });
  const events: JobEvent[] = [];
  const check = await readToEnd(plant.url, jobId, { onLine: (event) => events.push(event) > 0 });
  expect(check.terminal).toMatchObject({
    type: 'complete',
    state: 'partial',
    quality: { status: 'partial', failed_domains: ['holds'] },
  });
  expect(events.filter(({ type }) => type === 'warning')).toEqual([
    {
      type: 'warning',
      code: 'DOMAIN_FAILED',
      domain: 'holds',
      detail: 'One record of holds is larger than a chunk may be.',
    },
  ]);
  expect((await statusOf(plant.url, jobId)).domains).toMatchObject({
    materials: { records: 2, ended: true },
    holds: { records: 0, ended: true },
    history: { records: 0, ended: true },
  });
  expect(withChildren(peakRssBytes)(plant.bridge.pid) - before).toBeLessThan(GROWTH_BYTES);
  expect(plant.log.filter((line) => line.includes('RESULT_TOO_LARGE'))).not.toEqual([]);

  // The same processes work off the next one.
  expect(isRunning(plant.bridge.pid)).toBe(true);
  const next = await post(`${plant.url}/api/trace/events`, {
    profile: 'query_tool',
    container_ids: [SANE],
    domains: ['holds'],
  });
  expect(next.status).toBe(200);
  expect(await next.json()).toMatchObject({ results: { holds: { count: 1 } }, quality: { status: 'complete' } });
});
