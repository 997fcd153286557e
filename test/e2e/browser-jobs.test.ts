import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import { en } from '../../web/src/i18n/en.ts';
import { POLL_MS } from '../../web/src/jobs/job-list.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { gridRecords } from '../helpers/browser-grid.ts';
import { lookAround, speak } from '../helpers/browser-look-around.ts';
import { statusOf, submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';

/** Enough that a job of all of them is still running when somebody leaves it. */
const CONTAINERS = 12_000;

let plant: Plant;
let file: string;
usePage({ permissions: ['clipboard-read', 'clipboard-write'] });
beforeAll(async () => {
  file = await sampleFile(CONTAINERS);
  plant = await startPlant({ warehouseFile: file });
});
afterAll(() => plant?.stop());

const goTo = (name: string) => page.getByRole('navigation').getByRole('link', { name }).click();
const firstRow = () => page.getByRole('row').nth(1);
const jobInAddress = () => new URL(page.url()).searchParams.get('job') ?? '';

describe('the page of jobs', () => {
  it('says so when there are none', async () => {
    await page.goto(`${plant.url}/jobs`);
    await page.getByText(en.jobs.none).waitFor();
    expect(await page.title()).toContain(en.jobs.title);
  });

  it('has a trace that was left while it ran, and opening it shows all of it, with its lineage and query', async () => {
    await page.clock.install();
    await startTrace(page, plant.url, 'GA26*');
    await page.getByRole('gridcell').first().waitFor();
    await expect.poll(jobInAddress).not.toBe('');
    const jobId = jobInAddress();
    // The job waits for its bridge: it is left before its end, however fast the machine is.
    await plant.bridge.kill();
    try {
      await goTo(en.nav.jobs);
      await firstRow().getByText('GA26*').waitFor();
      await firstRow().getByText(en.jobs.state.running, { exact: true }).waitFor();
      await page.getByRole('button', { name: en.jobs.all }).click();
      expect(await lookAround(watched, 'jobs')).toEqual([]);
      await speak(page, 'en');
      await page.getByRole('button', { name: en.jobs.traces }).click();
    } finally {
      await plant.startBridge();
    }
    // The list looks again by itself until nothing runs.
    await waitForJob(plant.url, jobId, ({ state }) => state === 'succeeded');
    await page.clock.fastForward(POLL_MS);
    await firstRow().getByText(en.jobs.state.succeeded, { exact: true }).waitFor({ timeout: 90_000 });
    const { progress, domains } = await statusOf(plant.url, jobId);
    await firstRow().getByText(progress.records.toLocaleString('en'), { exact: true }).waitFor();
    await firstRow()
      .getByRole('link', { name: `Open job ${jobId.slice(0, 8)}` })
      .click();
    await waitForProof(page);
    expect(jobInAddress()).toBe(jobId);
    expect(await gridRecords(page)).toBe(domains.history?.records);
    await page.getByRole('tree').waitFor();
    expect(await page.getByLabel(en.query.values, { exact: true }).inputValue()).toBe('GA26*');
  });

  it('is left for the same trace by the link of the trace page and by going back, without a second job', async () => {
    await startTrace(page, plant.url, 'GA2606*');
    await waitForProof(page);
    const [jobId, records] = [jobInAddress(), await gridRecords(page)];
    await goTo(en.nav.jobs);
    await firstRow().waitFor();
    await goTo(en.nav.trace);
    await waitForProof(page);
    expect([jobInAddress(), await gridRecords(page)]).toEqual([jobId, records]);
    await goTo(en.nav.jobs);
    await firstRow().waitFor();
    await page.goBack();
    await waitForProof(page);
    expect([jobInAddress(), await gridRecords(page)]).toEqual([jobId, records]);
  });

  it('copies a link that shows the job to others, and runs the same query again', async () => {
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    const jobId = jobInAddress();
    await goTo(en.nav.jobs);
    await firstRow().getByRole('button', { name: en.jobs.copyLink }).click();
    await firstRow().getByRole('button', { name: en.found.copied }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link.startsWith(`${plant.url}/?job=${jobId}&lineage=`)).toBe(true);
    await firstRow().getByRole('button', { name: en.action.retry }).click();
    await waitForProof(page);
    expect(await page.getByLabel(en.query.values, { exact: true }).inputValue()).toBe('GA26011704*');
  });

  it('cancels a job with keys alone, and says that a query is not known here', async () => {
    const ids = await sampleIds(file, CONTAINERS);
    const jobId = await submitEvents(plant.url, { container_ids: ids, domains: EVENT_DOMAINS });
    await page.goto(`${plant.url}/jobs`);
    await firstRow().getByText(jobId.slice(0, 8)).waitFor();
    expect(await firstRow().getByRole('button', { name: en.action.retry }).isDisabled()).toBe(true);
    // Also to whoever cannot point at the button.
    await firstRow().getByText(en.jobs.unknownQuery, { exact: true }).waitFor();
    await firstRow()
      .getByText(en.jobs.containers.replace('{{ count }}', ids.length.toLocaleString('en')))
      .waitFor();
    await firstRow()
      .getByText(EVENT_DOMAINS.map((domain) => en.domain[domain]).join(', '))
      .waitFor();
    await firstRow().getByRole('button', { name: en.cancel.action }).focus();
    await page.keyboard.press('Enter');
    await firstRow().getByText(en.jobs.state.cancelled, { exact: true }).waitFor();
    const cancelled = en.jobs.cancelled.replace('{{ what }}', jobId.slice(0, 8));
    // On a busy machine it may not have begun.
    const { database = 'pending' } = await waitForJob(plant.url, jobId, (status) => status.database !== 'pending');
    await page.getByText(`${cancelled} ${en.database[database]}`, { exact: true }).waitFor({ timeout: 60_000 });
    await firstRow().getByText(en.database[database]).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('results');
    expect((await waitForJob(plant.url, jobId, (status) => status.ended_at !== undefined)).state).toBe('cancelled');
    expect(await firstRow().getByRole('button', { name: en.cancel.action }).count()).toBe(0);
  });

  it('says that others go on with a job that was cancelled, and which one could not be', async () => {
    const jobId = '0b'.repeat(32);
    const progress = {
      percent: 10,
      records: 0,
      bytes: 0,
      records_per_second: null,
      eta_seconds: null,
      phase: 'events',
    };
    await page.route(/\/api\/trace\/jobs/, (route) => {
      const created = new Date();
      const job = {
        job_id: jobId,
        kind: 'events',
        lane: 'batch',
        profile: 'query_tool',
        site: 'fab1',
        state: 'running',
        generation: 1,
        cid_count: 10,
        progress,
        // Just now: of a job that is older the page asks back.
        created_at: created.toISOString(),
        deadline_at: new Date(created.getTime() + 3_600_000).toISOString(),
        stream_url: '/s',
        result_url: '/r',
      };
      return route.fulfill({ json: { jobs: [job] } });
    });
    await page.route(`**/${jobId}/cancel`, (route) => route.fulfill({ json: { state: 'running', withdrawn: true } }));
    await page.goto(`${plant.url}/jobs`);
    const cancel = firstRow().getByRole('button', { name: en.cancel.action });
    await cancel.click();
    const withdrawn = page.getByText(en.jobs.withdrawn.replace('{{ what }}', jobId.slice(0, 8)));
    await withdrawn.waitFor();
    await page.unroute(`**/${jobId}/cancel`);
    await page.route(`**/${jobId}/cancel`, (route) => route.abort());
    await cancel.click();
    await page
      .getByRole('alert')
      .getByText(en.jobs.cancelFailed.replace('{{ what }}', jobId.slice(0, 8)))
      .waitFor();
    expect(await withdrawn.count()).toBe(0);
    // Plain http offers no clipboard, for example.
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await firstRow().getByRole('button', { name: en.jobs.copyLink }).click();
    await firstRow().getByText(en.action.copyFailed).waitFor();
  });

  it('says in a sentence that the list cannot be read, and shows it when it can', async () => {
    await page.goto(plant.url);
    await page.getByText(en.health.ok).waitFor();
    await page.route(/\/api\/trace\/jobs/, (route) => route.abort());
    await goTo(en.nav.jobs);
    await page.getByRole('alert').getByText(en.problem.OFFLINE).waitFor();
    await page.unroute(/\/api\/trace\/jobs/);
    await page.getByRole('button', { name: en.jobs.refresh }).click();
    await firstRow().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
