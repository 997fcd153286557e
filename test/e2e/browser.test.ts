import { createHash } from 'node:crypto';
import type { ResultPage } from '#protocol/job.ts';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { cellText } from '../../web/src/trace/cell-text.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage } from '../helpers/browser-page.ts';
import { goToRow, gridRecords, shownRows } from '../helpers/browser-grid.ts';
import { readMoments, watchMoments } from '../helpers/browser-moments.ts';
import { submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
/** A lot of the sample with records, from which others were made. */
const SPLIT_LOT = 'GA26011704-A00-003';

let plant: Plant;
let file: string;
usePage();
beforeAll(async () => {
  file = await sampleFile(CONTAINERS);
  plant = await startPlant({ warehouseFile: file, limitsCalls: true });
});
afterAll(() => plant?.stop());

const jobOf = (name: 'job' | 'lineage') => new URL(page.url()).searchParams.get(name) ?? '';

async function result(jobId: string, query: string): Promise<ResultPage> {
  return (await (await fetch(`${plant.url}/api/trace/job/${jobId}/result?${query}`)).json()) as ResultPage;
}

/** Compares every cell on screen with the same record of the API. @returns how many rows were compared. */
async function expectRowsOf(jobId: string, domain: string): Promise<number> {
  const rows = await shownRows(page);
  const first = rows[0]?.index ?? 0;
  const { data } = await result(jobId, `domain=${domain}&offset=${first}&limit=${rows.length}`);
  const records = data as Readonly<Record<string, string | number | boolean | null>>[];
  for (const [at, row] of rows.entries()) {
    expect(row.index).toBe(first + at);
    for (const [name, text] of Object.entries(row.cells)) expect(text, name).toBe(cellText(records[at]?.[name]));
  }
  return rows.length;
}

describe('a trace on the page', () => {
  it('shows the lineage before the first event, counts that grow, and in the end every record', async () => {
    await watchMoments(page);
    await startTrace(page, plant.url, 'GA26*\nNO-SUCH-LOT');
    await waitForProof(page);
    const moments = await readMoments(page);
    expect(moments.tree).toBeLessThan(moments.firstRow ?? 0);
    const history = moments.counts[en.domain.history] ?? [];
    expect(new Set(history).size).toBeGreaterThan(2);
    expect(history).toEqual(history.toSorted((a, b) => a - b));

    const { domains } = await waitForJob(plant.url, jobOf('job'), (status) => status.state === 'succeeded');
    for (const [domain, { records }] of Object.entries(domains)) {
      const label = en.domain[domain as keyof typeof en.domain];
      expect(moments.counts[label]?.at(-1), label).toBe(records);
    }
    const notFound = page.getByRole('region', { name: en.found.title });
    await notFound.getByText('NO-SUCH-LOT').waitFor();
    await notFound.getByText('Not found (1)').waitFor();
  });

  it('has the records of the API in its grid, from the first to the last, reached with keys alone', async () => {
    await startTrace(page, plant.url, 'GA2606*');
    await waitForProof(page);
    const jobId = jobOf('job');
    for (const domain of ['history', 'rejects'] as const) {
      await page.getByRole('tab', { name: en.domain[domain] }).click();
      const total = (await result(jobId, `domain=${domain}&limit=1`)).total;
      await page.waitForFunction(
        (rows) => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === String(rows),
        total + 1,
      );
      await goToRow(page, 'Control+Home', 0);
      expect(await expectRowsOf(jobId, domain)).toBeGreaterThan(5);
      await goToRow(page, 'Control+End', total - 1);
      expect((await shownRows(page)).at(-1)?.index).toBe(total - 1);
      expect(await expectRowsOf(jobId, domain)).toBeGreaterThan(5);
    }
  });

  it('shows only the records of a lot that was chosen in the lineage, and of what was made from it', async () => {
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    const all = await gridRecords(page);
    await page.getByRole('searchbox', { name: en.lineage.search }).fill(SPLIT_LOT);
    const lot = page.getByRole('treeitem', { name: `${SPLIT_LOT},` });
    const id = (await lot.locator('title').first().textContent())?.split('\n')[1] ?? '';
    const edges = (await result(jobOf('lineage'), 'domain=edges')).data as { from_cid: string; to_cid: string }[];
    const subtree = new Set([id]);
    for (const above of subtree) for (const edge of edges) if (edge.from_cid === above) subtree.add(edge.to_cid);
    const { data, total } = await result(jobOf('job'), 'domain=history&limit=5000');
    expect(total).toBe(all);
    const own = (data as { CONTAINERID: string }[]).filter((record) => subtree.has(record.CONTAINERID)).length;
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(all);
    await lot.click();
    await expect.poll(() => gridRecords(page)).toBe(own);
    await page.getByRole('button', { name: en.events.clearFilter }).click();
    await expect.poll(() => gridRecords(page)).toBe(all);
  });

  it('offers the types of values that the chosen query takes, and traces by them', async () => {
    await page.goto(plant.url);
    await page.getByRole('tab', { name: en.query.tab.query_tool_reverse }).click();
    await page.getByRole('button', { name: en.query.serial_number }).click();
    const types = [en.query.serial_number, en.query.gd_work_order, en.query.gd_lot_id];
    expect(await page.getByRole('option').allTextContents()).toEqual(types);
    await page.getByRole('option', { name: en.query.gd_work_order }).click();
    await page.getByLabel(en.query.values, { exact: true }).fill('GA26011704');
    await page.getByText(en.query.isNoRework.replace('{{ value }}', 'GA26011704')).waitFor();
    await startTrace(page, undefined, 'gd25060502');
    await waitForProof(page);
    expect(new URL(page.url()).searchParams.get('type')).toBe('gd_work_order');
    expect(await gridRecords(page)).toBeGreaterThan(0);
  });

  it('says so when nothing is found', async () => {
    await startTrace(page, plant.url, 'NO-SUCH-LOT-*');
    await page.getByText(en.end.noSeeds).waitFor();
    await page.getByText(en.lineage.empty.nothing_found).waitFor();
    expect(await page.getByRole('grid').count()).toBe(0);
  });
});

describe('a job opened by its address', () => {
  it('is shown with its lineage after a reload, and the query stands where it was typed', async () => {
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    const records = await gridRecords(page);
    const address = page.url();
    expect(jobOf('lineage')).not.toBe('');
    await page.reload();
    await waitForProof(page);
    await page.getByRole('tree').waitFor();
    expect(await gridRecords(page)).toBe(records);
    expect(page.url()).toBe(address);
    expect(await page.getByLabel(en.query.values, { exact: true }).inputValue()).toBe('GA26011704*');
  });

  it('is shown to somebody else who has only the link', async () => {
    const ids = await sampleIds(file, 1500);
    const jobId = await submitEvents(plant.url, { container_ids: ids, domains: ['history', 'holds'] });
    const { domains } = await waitForJob(plant.url, jobId, (status) => status.state === 'succeeded');
    await page.goto(`${plant.url}/?job=${jobId}`);
    await waitForProof(page);
    expect(await gridRecords(page)).toBe(domains.history?.records);
    const tabs = (await page.getByRole('tablist', { name: en.events.tabs }).getByRole('tab').allTextContents()).map(
      (text) => /^[A-Za-z ]+/.exec(text)?.[0],
    );
    expect(tabs).toEqual([en.domain.history, en.domain.holds, en.timeline.tab]);
  });
});

describe('what Chromium is given', () => {
  it('is the same stream, read from gzip, as identity is', async () => {
    const jobId = await submitEvents(plant.url, { container_ids: await sampleIds(file, 3000), domains: ['history'] });
    await waitForJob(plant.url, jobId, (status) => status.state === 'succeeded');
    const address = `/api/trace/job/${jobId}/stream`;
    const identity = await request(plant.url + address, { headers: { 'accept-encoding': 'identity' } });
    // Progress is told once a second of reading.
    const plain = (await identity.body.text()).split('\n').filter((line) => !line.startsWith('{"type":"progress"'));
    await page.goto(plant.url);
    const read = await page.evaluate(async (url) => {
      const response = await fetch(url);
      const lines = (await response.text()).split('\n').filter((line) => !line.startsWith('{"type":"progress"'));
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n'))));
      const sha256 = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return { sha256, lines: lines.length, encoding: response.headers.get('content-encoding') };
    }, address);
    const sha256 = createHash('sha256').update(plain.join('\n')).digest('hex');
    expect(read).toEqual({ sha256, lines: plain.length, encoding: 'gzip' });
    expect(plain.length).toBeGreaterThan(4);
  });
});
