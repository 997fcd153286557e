import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_EVENT_DOMAINS } from '#protocol/domain.ts';
import type { EventDomain } from '#protocol/domain.ts';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { watchText } from '../helpers/browser-moments.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { gridRecords } from '../helpers/browser-grid.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';
import type { DemoOptions } from '../helpers/web-demo-server.ts';

const DOMAINS: readonly EventDomain[] = DEFAULT_EVENT_DOMAINS.query_tool;
const LOT = 'GA26011704-A00-003';
/** 400 kbit/s, with the latency of a distant site. */
const SLOW_LINE = { offline: false, latency: 200, downloadThroughput: 50_000, uploadThroughput: 50_000 };
/** A batch takes seconds on such a line; a job's end, on a busy machine. */
const BATCH_TIMEOUT_MS = 30_000;
/** Between two of twenty attempts the page waits longer each time nothing came. */
const CUTS_TIMEOUT_MS = 120_000;

let server: DemoServer | undefined;
// Behind the page, which is closed first.
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
usePage();
beforeEach(async () => {
  // Browsers without a file picker download: so the whole result can be compared.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
});

async function serve(options: DemoOptions): Promise<{ server: DemoServer; url: string }> {
  server = new DemoServer({ nodes: 40, records: 6000, batchRecords: 500, ...options });
  return { server, url: await server.start() };
}

const jobId = () => new URL(page.url()).searchParams.get('job') ?? '';
const proven = () => page.getByText(en.end.proven, { exact: true });

/** Saves every domain as NDJSON and compares each line with the record it was made of. */
async function expectEveryRecordOnce(from: DemoServer): Promise<void> {
  for (const domain of DOMAINS) {
    const records = from.records(jobId(), domain);
    const tab = page.getByRole('tab', { name: en.domain[domain] });
    await tab.click();
    if (records.length === 0) {
      await page.getByText(en.events.none).waitFor();
      continue;
    }
    await expect.poll(() => gridRecords(page)).toBe(records.length);
    await page.getByRole('button', { name: en.export.action }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: en.export.ndjson }).check();
    const begun = page.waitForEvent('download');
    await dialog.getByRole('button', { name: en.export.save }).click();
    const lines = (await readFile(await (await begun).path(), 'utf8')).trimEnd().split('\n');
    expect(lines).toEqual(records.map((record) => JSON.stringify(record)));
    await dialog.getByRole('button', { name: en.export.close, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }
}

describe('a line that is cut', () => {
  it('twenty times in one job brings the whole result, each record once', async () => {
    // Wherever a line ends: in a batch, behind it, in its position, in the first line already.
    const cutAfterBytes = (cut: number) => 100 + ((cut * 83_017) % 60_000);
    const { server: cutting, url } = await serve({
      cuts: 20,
      cutAfterBytes,
      records: 6000,
      batchRecords: 50,
      paceMs: 0,
    });
    await startTrace(page, url, LOT);
    await page.getByText(/^Connection cut\. Resuming/).waitFor();
    await waitForProof(page, CUTS_TIMEOUT_MS);
    expect(cutting.cuts).toBe(20);
    await page.getByText('Resumed: 20', { exact: true }).waitFor();
    await expectEveryRecordOnce(cutting);
  });

  it('is there again after its server restarted, and the reading goes on where it was', async () => {
    const { promise: eventsHalfway, resolve: goOn } = Promise.withResolvers<void>();
    const { server: restarting, url } = await serve({ eventsHalfway, paceMs: 0 });
    await startTrace(page, url, LOT);
    await expect.poll(() => gridRecords(page)).toBeGreaterThan(500);
    await restarting.stop();
    // The second attempt has found nobody as well.
    await page.getByText(/^Connection cut\. Resuming in .*\(attempt [2-9]\)/).waitFor();
    const held = await gridRecords(page);
    expect(held).toBeGreaterThan(500);
    goOn();
    await restarting.start();
    await waitForProof(page);
    const streams = restarting.requests.filter((request) => request.includes(`${jobId()}/stream`));
    expect(streams.length).toBeGreaterThan(1);
    for (const resumed of streams.slice(1)) expect(resumed).toContain('?after=');
    await expectEveryRecordOnce(restarting);
  });
});

describe('a result', () => {
  it('is called complete when its last line has come, not when its last record has', async () => {
    const { promise: beforeEnd, resolve: release } = Promise.withResolvers<void>();
    const { server: holding, url } = await serve({ beforeEnd, paceMs: 0 });
    await startTrace(page, url, LOT);
    await expect.poll(jobId).not.toBe('');
    await expect.poll(() => gridRecords(page)).toBe(holding.records(jobId(), 'history').length);
    expect(await proven().count()).toBe(0);
    release();
    await waitForProof(page);
  });

  it('that does not match its digest is read once more, and then called unproven', async () => {
    const { server: wrong, url } = await serve({ wrongProofs: 2, paceMs: 0 });
    await startTrace(page, url, LOT);
    await page.getByRole('alert').getByText(en.problem.STREAM_UNPROVEN).waitFor();
    expect(await proven().count()).toBe(0);
    const streams = wrong.requests.filter((request) => request.includes(`${jobId()}/stream`));
    expect(streams).toHaveLength(2);
    expect(streams.some((request) => request.includes('after='))).toBe(false);
    // Two streams were wrong; what is asked for anew is good.
    await page.getByRole('button', { name: en.action.retry }).click();
    await waitForProof(page);
    await expectEveryRecordOnce(wrong);
  });

  it('has the line that arrived damaged, read again', async () => {
    const { server: flipping, url } = await serve({ flips: 1 });
    const isTold = await watchText(page, 'A damaged line arrived.');
    await startTrace(page, url, LOT);
    await waitForProof(page);
    expect(await isTold()).toBe(true);
    await page.getByText('Damaged lines read again: 1', { exact: true }).waitFor();
    await expectEveryRecordOnce(flipping);
  });
});

describe('a job that is not there any more', () => {
  it('while it is read says so, keeps what arrived, and can be run again', async () => {
    const { promise: eventsHalfway, resolve: goOn } = Promise.withResolvers<void>();
    const { server: losing, url } = await serve({ eventsHalfway, paceMs: 0 });
    await startTrace(page, url, LOT);
    await expect.poll(() => gridRecords(page)).toBeGreaterThan(500);
    await losing.stop();
    losing.options = { ...losing.options, refuseJobs: 'JOB_RESULT_EXPIRED', eventsHalfway: undefined };
    goOn();
    await losing.start();
    await page.getByRole('alert').getByText(en.problem.JOB_RESULT_EXPIRED).waitFor();
    expect(await gridRecords(page)).toBeGreaterThan(500);
    expect(await proven().count()).toBe(0);
    await watched.shoot('expired-while-read-en-light');
    losing.options = { ...losing.options, refuseJobs: undefined, paceMs: 0 };
    await page.getByRole('button', { name: en.action.retry }).click();
    await waitForProof(page);
    expect(await page.getByRole('alert').count()).toBe(0);
    await expectEveryRecordOnce(losing);
  });

  it('and was opened by a link with its query runs that again', async () => {
    const { server: losing, url } = await serve({ refuseJobs: 'JOB_RESULT_EXPIRED' });
    await page.goto(`${url}/?type=lot_id&q=${LOT}&profile=query_tool&job=${await knownJob(url)}`);
    await page.getByRole('alert').getByText(en.problem.JOB_RESULT_EXPIRED).waitFor();
    losing.options = { ...losing.options, refuseJobs: undefined };
    await page.getByRole('button', { name: en.action.retry }).click();
    await waitForProof(page);
    await expectEveryRecordOnce(losing);
  });

  it('and was opened by a bare link leads to a new query', async () => {
    const { server: losing, url } = await serve({ refuseJobs: 'JOB_RESULT_EXPIRED' });
    await page.goto(`${url}/?job=${await knownJob(url)}`);
    await page.getByRole('alert').getByText(en.problem.JOB_RESULT_EXPIRED).waitFor();
    expect(await page.getByRole('button', { name: en.action.retry }).count()).toBe(0);
    await page.getByRole('button', { name: en.action.newQuery }).click();
    const field = page.getByLabel(en.query.values, { exact: true });
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    losing.options = { ...losing.options, refuseJobs: undefined };
    await startTrace(page, undefined, LOT);
    await waitForProof(page);
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

/** A job that the server has. */
async function knownJob(url: string): Promise<string> {
  const params = { input_type: 'lot_id', values: [LOT] };
  const body = JSON.stringify({ profile: 'query_tool', params });
  const answer = await fetch(`${url}/api/trace/seed-resolve`, { method: 'POST', body });
  return ((await answer.json()) as { job_id: string }).job_id;
}

describe('a line of 400 kbit/s', () => {
  /** Starts a trace that brings far more than such a line carries while a test runs. */
  async function startSlowly(options: DemoOptions): Promise<string> {
    const { url } = await serve({ records: 100_000, batchRecords: 100, ...options });
    await page.goto(url);
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Network.enable');
    await devTools.send('Network.emulateNetworkConditions', SLOW_LINE);
    await startTrace(page, undefined, LOT);
    await page.getByRole('gridcell').first().waitFor();
    return url;
  }

  /** Clicks on cancel. @returns the button's text in the frame behind the click. */
  async function answerToCancel(): Promise<string | null> {
    const cancel = page.getByRole('button', { name: en.cancel.action, exact: true });
    return await cancel.evaluate((button: HTMLElement) => {
      button.click();
      return new Promise((resolve) => requestAnimationFrame(() => resolve(button.textContent)));
    });
  }

  it('shows rows while most are on their way, and resumes behind the last ones after a cut', async () => {
    await startSlowly({ cuts: 1, cutAfterBytes: 150_000, paceMs: 20 });
    const first = await gridRecords(page);
    expect(first).toBeGreaterThan(0);
    await page.getByText('Resumed: 1', { exact: true }).waitFor();
    const streams = () => server?.requests.filter((request) => request.includes(`${jobId()}/stream`)) ?? [];
    await expect.poll(() => streams().length).toBe(2);
    expect(streams()[1]).toContain('after=');
    await expect.poll(() => gridRecords(page), { timeout: BATCH_TIMEOUT_MS }).toBeGreaterThan(first);
  });

  it('has a cancel answered at once, and ended without all that is on its way', async () => {
    await startSlowly({ paceMs: 100 });
    expect(await answerToCancel()).toBe(en.cancel.asked);
    await page.getByText(`${en.end.cancelled} ${en.database.confirmed}`).waitFor();
    expect(await gridRecords(page)).toBeGreaterThan(0);
    expect(await proven().count()).toBe(0);
  });

  it('has the reading of a job that ended long ago stopped by a cancel', async () => {
    await startSlowly({ records: 40_000, paceMs: 0 });
    const status = async () => (await (await fetch(new URL(`/api/trace/job/${jobId()}`, page.url()))).json()) as object;
    await expect.poll(status, { timeout: BATCH_TIMEOUT_MS }).toMatchObject({ state: 'succeeded' });
    expect(await answerToCancel()).toBe(en.cancel.asked);
    await page.getByText(en.end.stopped).waitFor();
    expect(await gridRecords(page)).toBeGreaterThan(0);
    expect(await proven().count()).toBe(0);
  });
});
