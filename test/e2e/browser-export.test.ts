import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import type { ResultPage } from '#protocol/job.ts';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { gridRecords } from '../helpers/browser-grid.ts';
import { lookAround } from '../helpers/browser-look-around.ts';
import { submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
const LOTS = 700;
/** A lot of the sample with records, and not all of those of its family. */
const SPLIT_LOT = 'GA26011704-A00-003';

let plant: Plant;
let file: string;
usePage();
beforeAll(async () => {
  file = await sampleFile(CONTAINERS);
  plant = await startPlant({ warehouseFile: file });
});
afterAll(() => plant?.stop());

/** Browsers without a file picker, as Firefox and Safari are. */
async function removeFilePicker(): Promise<void> {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
}

/** A picker that a test can answer: the person always chooses a file of the origin's own file system. */
async function answerFilePicker(): Promise<void> {
  await page.addInitScript(() =>
    Object.assign(window, {
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true }),
    }),
  );
}

async function openEndedJob(domain: string): Promise<{ jobId: string; records: Record<string, unknown>[] }> {
  const jobId = await submitEvents(plant.url, { container_ids: await sampleIds(file, LOTS), domains: [domain] });
  await waitForJob(plant.url, jobId, (status) => status.state === 'succeeded');
  const answer = await fetch(`${plant.url}/api/trace/job/${jobId}/result?domain=${domain}&limit=5000`);
  const { data, total } = (await answer.json()) as ResultPage;
  expect(data.length).toBe(total);
  await page.goto(`${plant.url}/?job=${jobId}`);
  await waitForProof(page);
  return { jobId, records: data };
}

const dialog = () => page.getByRole('dialog');
const savedFiles = () =>
  page.evaluate(async () => {
    const names: string[] = [];
    for await (const [name, entry] of (await navigator.storage.getDirectory()).entries())
      if (entry instanceof FileSystemFileHandle && /\.\w+$/.test(name)) names.push(name);
    return names;
  });

async function openExport(format: 'csv' | 'ndjson' | 'parquet'): Promise<void> {
  await page.getByRole('button', { name: en.export.action }).click();
  await dialog().getByRole('radio', { name: en.export[format] }).check();
}

/** Saves by way of a download. @returns the file's name and bytes. */
async function download(): Promise<{ name: string; bytes: Buffer }> {
  const begun = page.waitForEvent('download');
  await dialog().getByRole('button', { name: en.export.save }).click();
  const saved = await begun;
  return { name: saved.suggestedFilename(), bytes: await readFile(await saved.path()) };
}

describe('an export', () => {
  it('as NDJSON and CSV has every record, from what the page holds, without another query', async () => {
    await removeFilePicker();
    const { jobId, records } = await openEndedJob('rejects');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await openExport('ndjson');
    const ndjson = await download();
    expect(ndjson.name).toBe(`lotstream-rejects-${jobId.slice(0, 8)}.ndjson`);
    const lines = ndjson.bytes.toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(records);
    await dialog()
      .getByText(`Saved: ${records.length.toLocaleString('en')} records`)
      .waitFor();

    await dialog().getByRole('radio', { name: en.export.csv }).check();
    const csv = (await download()).bytes.toString();
    const header = csv.split('\r\n')[0]?.split(',');
    expect(header?.[0]).toBe('\uFEFFLot');
    for (const label of ['Loss reason', 'Rejected']) expect(header).toContain(label);
    const reason = records.find((record) => /\p{Script=Han}/u.test(String(record['LOSSREASONNAME'])));
    expect(csv).toContain(String(reason?.['LOSSREASONNAME']));
    expect(asked.filter((path) => path.startsWith('/api/') && path !== '/api/healthz')).toEqual([]);
  });

  it('as Parquet goes to the file that was chosen, and has every record', async () => {
    await answerFilePicker();
    const { jobId, records } = await openEndedJob('holds');
    await openExport('parquet');
    await dialog().getByRole('button', { name: en.export.save }).click();
    await dialog()
      .getByText(`Saved: ${records.length.toLocaleString('en')} records`)
      .waitFor();
    const bytes = await page.evaluate(
      async (name) => {
        const handle = await (await navigator.storage.getDirectory()).getFileHandle(name);
        return Array.from(new Uint8Array(await (await handle.getFile()).arrayBuffer()));
      },
      `lotstream-holds-${jobId.slice(0, 8)}.parquet`,
    );
    expect(await parquetReadObjects({ file: new Uint8Array(bytes).buffer })).toEqual(records);
  });

  it('of what is on screen has the records of the lots that were chosen', async () => {
    await removeFilePicker();
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    const all = await gridRecords(page);
    await page.getByRole('searchbox', { name: en.lineage.search }).fill(SPLIT_LOT);
    await page.getByRole('treeitem', { name: `${SPLIT_LOT},` }).click();
    await expect.poll(() => gridRecords(page)).toBeLessThan(all);
    // Until then the selection is still growing.
    await page.getByText(en.events.filtering).waitFor({ state: 'detached' });
    const shown = await gridRecords(page);
    await openExport('ndjson');
    const selection = await download();
    expect(selection.name).toContain('-selection.ndjson');
    expect(selection.bytes.toString().trimEnd().split('\n').length).toBe(shown);
    await dialog()
      .getByRole('radio', { name: `All records of this kind (${all.toLocaleString('en')})` })
      .check();
    expect((await download()).bytes.toString().trimEnd().split('\n').length).toBe(all);
  });

  it('of what is on screen has the columns in sight', async () => {
    await removeFilePicker();
    const { records } = await openEndedJob('rejects');
    await page.getByRole('button', { name: en.grid.columns, exact: true }).click();
    const hidden = page.getByRole('checkbox', { name: 'Loss reason', exact: true });
    await hidden.uncheck();
    await page.keyboard.press('Escape');
    await openExport('ndjson');
    const lines = (await download()).bytes.toString().trimEnd().split('\n');
    expect(lines.length).toBe(records.length);
    const names = Object.keys(JSON.parse(lines[0] ?? '') as object);
    expect(names).not.toContain('LOSSREASONNAME');
    expect(names.length).toBe(Object.keys(records[0] ?? {}).length - 1);
  });

  it('of a result that still arrives says that it is not complete, in its name too', async () => {
    await removeFilePicker();
    const jobId = await submitEvents(plant.url, {
      container_ids: await sampleIds(file, CONTAINERS),
      domains: EVENT_DOMAINS,
    });
    await page.goto(`${plant.url}/?job=${jobId}`);
    // There is something of two kinds.
    const counts = page.getByRole('tab').filter({ hasText: /[1-9]/ });
    await counts.nth(1).waitFor();
    // The job waits for its bridge, so it does not end meanwhile.
    await plant.bridge.kill();
    try {
      await openExport('ndjson');
      await dialog().getByText(en.export.so_far).waitFor();
      expect((await download()).name).toContain('-so-far.ndjson');
      await dialog().getByRole('radio', { name: 'All kinds of records' }).check();
      const archive = await download();
      expect(archive.name).toBe(`lotstream-${jobId.slice(0, 8)}-so-far.zip`);
      const files = Object.entries(unzipSync(archive.bytes));
      expect(files.length).toBeGreaterThan(1);
      for (const [name, bytes] of files) {
        expect(name).toMatch(/^lotstream-[a-z_]+-[0-9a-f]{8}-so-far\.ndjson$/);
        for (const line of Buffer.from(bytes).toString().trimEnd().split('\n')) JSON.parse(line);
      }
      await dialog().getByRole('radio', { name: en.export.csv }).check();
      expect(await lookAround(watched, 'export', 'piece')).toEqual([]);
    } finally {
      await plant.startBridge();
    }
  });

  it('that is stopped before it could begin leaves no file', async () => {
    await answerFilePicker();
    const { promise: untilStopped, resolve: letLoad } = Promise.withResolvers<void>();
    await page.context().route('**/run-export-*.js', async (route) => {
      await untilStopped;
      await route.continue();
    });
    await openEndedJob('holds');
    await openExport('ndjson');
    await dialog().getByRole('button', { name: en.export.save }).click();
    await expect.poll(savedFiles).toHaveLength(1);
    await dialog().getByRole('button', { name: en.export.cancel }).click();
    letLoad();
    await dialog().getByText(en.export.cancelled).waitFor();
    expect(await savedFiles()).toEqual([]);
  });

  it('of many records can be stopped, leaves no file then, and can be done again', async () => {
    await answerFilePicker();
    const server = new DemoServer({ records: 150_000, paceMs: 0 });
    try {
      await startTrace(page, await server.start(), 'GA26011704');
      await waitForProof(page);
      await openExport('parquet');
      await dialog().getByRole('button', { name: en.export.save }).click();
      await dialog().getByRole('progressbar', { name: en.export.progress }).waitFor();
      await page.keyboard.press('Escape');
      await dialog().getByRole('button', { name: en.export.cancel }).click();
      await dialog().getByText(en.export.cancelled).waitFor();
      expect(await savedFiles()).toEqual([]);
      await dialog().getByRole('radio', { name: en.export.csv }).check();
      await dialog().getByRole('button', { name: en.export.save }).click();
      await dialog().getByText('Saved: 93,000 records').waitFor({ timeout: 60_000 });
      await dialog().getByRole('button', { name: en.export.close }).click();
      await dialog().waitFor({ state: 'detached' });
    } finally {
      await server.stop();
    }
  });
});
