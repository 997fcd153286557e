import type { ResultPage } from '#protocol/job.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { openPage, startTrace, waitForProof } from '../helpers/browser.ts';
import { lookAround, speak } from '../helpers/browser-look-around.ts';
import { browser, page, usePage, watched } from '../helpers/browser-page.ts';
import { post, waitForJob } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
/** Its lineage has ten containers. */
const LOT = 'GA26011704-A00-003';
const NODES = 10;
const LIMIT_IDS = 4;
const PARTS = 3;
/** Until the edge has answered, on a busy machine as well. */
const PATIENTLY = { timeout: 30_000 };

let plant: Plant;
usePage();
beforeAll(async () => {
  plant = await startPlant({
    warehouseFile: await sampleFile(CONTAINERS),
    edgeVariables: { TRACE_EVENTS_CID_LIMIT: String(LIMIT_IDS) },
  });
});
afterAll(() => plant?.stop());

function filled(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => String(values[name]));
}

const readParts = () => page.getByRole('button', { name: filled(en.parts.read, { count: PARTS }) });
const link = (at: number) => page.getByRole('link', { name: new RegExp(`^Part ${at}, `) });
const partIsComplete = (at: number, on = page) =>
  on.getByText(filled(en.end.provenPart, { at, count: PARTS }), { exact: true }).waitFor();
const partsInAddress = () => new URL(page.url()).searchParams.get('parts') ?? '';

async function records(jobId: string): Promise<string[]> {
  await waitForJob(plant.url, jobId, ({ state }) => state === 'succeeded');
  const answer = await fetch(`${plant.url}/api/trace/job/${jobId}/result?domain=history`);
  return ((await answer.json()) as ResultPage).data.map((record) => JSON.stringify(record));
}

/** Has the trace refused, and read in parts with the keyboard alone. */
async function readTooLarge(): Promise<string[]> {
  await startTrace(page, plant.url, LOT);
  await page.getByRole('alert').getByText(en.problem.CID_LIMIT_EXCEEDED).waitFor();
  await readParts().press('Enter');
  await expect.poll(() => partsInAddress().match(/[0-9a-f]{64}/g)?.length, PATIENTLY).toBe(PARTS);
  return partsInAddress().match(/[0-9a-f]{64}/g) ?? [];
}

describe('a trace that is too large for one job', () => {
  it('is refused with an offer to read it in parts, of which together no record is missing or doubled', async () => {
    await startTrace(page, plant.url, LOT);
    await readParts().waitFor();
    expect(await lookAround(watched, 'too-large', 'piece')).toEqual([]);
    await speak(page, 'en');
    await page.setViewportSize({ width: 1280, height: 800 });
    const jobs = await readTooLarge();
    expect(await page.getByRole('alert').count()).toBe(0);
    await partIsComplete(1);
    expect(await page.getByText(en.end.proven, { exact: true }).count()).toBe(0);

    const lineage = new URL(page.url()).searchParams.get('lineage') ?? '';
    const whole = await post(`${plant.url}/api/trace/events`, {
      profile: 'mid_section_defect',
      container_ids_from: { job_id: lineage, domain: 'nodes' },
      domains: ['history'],
    });
    const wanted = (await whole.json()) as { results: { history: { data: unknown[] } } };
    const read: string[] = [];
    for (const job of jobs) read.push(...(await records(job)));
    expect(read.toSorted()).toEqual(wanted.results.history.data.map((record) => JSON.stringify(record)).toSorted());
    expect(read.length).toBeGreaterThan(0);

    // Each part by its link, and back with the browser's own key.
    for (const at of [2, 3]) {
      await link(at).press('Enter');
      await partIsComplete(at);
      expect(new URL(page.url()).searchParams.get('job')).toBe(jobs[at - 1]);
      const count = (await records(jobs[at - 1] ?? '')).length;
      await expect
        .poll(() => page.getByRole('tab', { name: en.domain.history }).textContent())
        .toBe(`${en.domain.history}${count}`);
      expect(await link(at).count()).toBe(0);
    }
    await page.goBack();
    await partIsComplete(2);
    expect(await lookAround(watched, 'parts', 'piece')).toEqual([]);
    await speak(page, 'en');
    await page.getByRole('button', { name: en.export.action }).click();
    await page
      .getByRole('dialog')
      .getByText(/-part-2-of-3\.csv$/)
      .waitFor();
  });

  it('is the same when its address is loaded again, or opened by somebody else', async () => {
    const jobs = await readTooLarge();
    await partIsComplete(1);
    const address = page.url();
    await page.reload();
    await partIsComplete(1);
    await page.getByText(`${NODES} of ${NODES} shown`).waitFor();
    expect(page.url()).toBe(address);
    const shared = await openPage(browser);
    try {
      await shared.page.goto(await link(3).evaluate((element: HTMLAnchorElement) => element.href));
      await partIsComplete(3, shared.page);
      expect(new URL(shared.page.url()).searchParams.get('job')).toBe(jobs[2]);
    } finally {
      await shared.close();
    }
  });

  it('has all its parts on the page of jobs, with the query, and each leads to the others', async () => {
    const jobs = await readTooLarge();
    await page.getByRole('navigation').getByRole('link', { name: en.nav.jobs }).click();
    for (const [index, job] of jobs.entries()) {
      const row = page.getByRole('row').filter({ hasText: job.slice(0, 8) });
      await row.getByText(LOT).waitFor();
      await row.getByText(filled(en.jobs.part, { at: index + 1, count: PARTS })).waitFor();
    }
    await page.getByRole('link', { name: filled(en.jobs.openNamed, { id: jobs[1]?.slice(0, 8) ?? '' }) }).click();
    await partIsComplete(2);
    await link(1).click();
    await partIsComplete(1);
    expect(await page.locator('form textarea').inputValue()).toBe(LOT);
  });

  it('waits where the edge asks it to, and asks for the other parts then', async () => {
    let waitSeconds = 600;
    let isRefusing = true;
    await page.route('**/api/trace/events', async (route) => {
      const body = route.request().postDataJSON() as { ids_range?: { from: number } };
      if (!isRefusing || body.ids_range?.from !== LIMIT_IDS) return route.fallback();
      await route.fulfill({ status: 429, headers: { 'retry-after': String(waitSeconds) }, body: 'Slow down' });
    });
    await startTrace(page, plant.url, LOT);
    await readParts().click();
    await partIsComplete(1);
    await page.getByText(/The next part can be asked for in (10 min 00|9 min \d\d) s/).waitFor();
    expect(await lookAround(watched, 'parts-waiting', 'piece')).toEqual([]);
    await speak(page, 'en');
    expect(await page.getByText(/^Part [23], not asked for yet$/).count()).toBe(2);
    // The address knows what is missing, and opening it asks again.
    waitSeconds = 1;
    await page.reload();
    await page.getByText(/The next part can be asked for in 1 s/).waitFor();
    isRefusing = false;
    await link(3).click();
    await partIsComplete(3);
  });

  it('that is small is read as ever', async () => {
    await startTrace(page, plant.url, 'GA26021718-A00-002');
    await waitForProof(page);
    expect(partsInAddress()).toBe('');
    await page.getByText(en.end.proven, { exact: true }).waitFor();
  });
});
