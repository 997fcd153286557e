import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { browser, page, usePage } from '../helpers/browser-page.ts';
import { openPage, startTrace, waitForProof } from '../helpers/browser.ts';
import { gridRecords } from '../helpers/browser-grid.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

const LOT = 'GA26011704-A00-003';
const OTHER_LOT = 'GA26011704-A00-004';

let server: DemoServer;
let url: string;
usePage();
beforeEach(async () => {
  server = new DemoServer({ nodes: 40, records: 3000, paceMs: 0 });
  url = await server.start();
});
// A page that complained fails its test here.
afterEach(async () => {
  await server.stop();
});

const jobInAddress = () => new URL(page.url()).searchParams.get('job');

describe('another trace', () => {
  it.each([en.domain.holds, en.domain.rejects, en.timeline.tab])(
    'begins without a complaint while %s is open',
    async (name) => {
      await startTrace(page, url, LOT);
      await waitForProof(page);
      const first = jobInAddress();
      await page.getByRole('tab', { name }).click();
      await page.getByRole('tab', { name, selected: true }).waitFor();
      await startTrace(page, undefined, OTHER_LOT);
      await expect.poll(jobInAddress).not.toBe(first);
      await waitForProof(page);
      await page.getByRole('tab', { name: en.domain.history, selected: true }).waitFor();
      expect(await gridRecords(page)).toBeGreaterThan(0);
    },
  );
});

describe('the address without a query', () => {
  const typed = () => page.getByLabel(en.query.values, { exact: true }).inputValue();
  const expectFreshPage = async (): Promise<void> => {
    await page.getByText(en.events.empty.start).waitFor();
    await page.getByText(en.lineage.empty.start).waitFor();
    expect(await page.getByRole('region', { name: en.found.title }).count()).toBe(0);
    expect(await page.getByRole('treeitem').count()).toBe(0);
    expect([await typed(), new URL(page.url()).search]).toEqual(['', '']);
  };

  it('is the fresh page again when somebody goes back to it, and forward shows the trace again', async () => {
    await startTrace(page, url, LOT);
    await waitForProof(page);
    const [address, records] = [page.url(), await gridRecords(page)];
    await page.goBack();
    await expectFreshPage();
    await page.goForward();
    await waitForProof(page);
    expect([page.url(), await gridRecords(page), await typed()]).toEqual([address, records, LOT]);
    await page.getByRole('link', { name: en.app.name }).click();
    await expectFreshPage();
  });

  it('has beside a result its own query, although another one was typed there', async () => {
    await startTrace(page, url, LOT);
    await waitForProof(page);
    const address = page.url();
    await page.getByLabel(en.query.values, { exact: true }).fill(OTHER_LOT);
    await expect.poll(() => page.url()).not.toBe(address);
    await startTrace(page, undefined, OTHER_LOT);
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe(OTHER_LOT);
    await waitForProof(page);
    await page.goBack();
    await expect.poll(typed).toBe(LOT);
    expect(page.url()).toBe(address);
  });

  it('stops the reading of a trace that still runs, and its job goes on', async () => {
    const { promise: eventsHalfway, resolve: letEnd } = Promise.withResolvers<void>();
    server.options = { ...server.options, eventsHalfway };
    await startTrace(page, url, LOT);
    await page.getByRole('gridcell').first().waitFor();
    await expect.poll(jobInAddress).not.toBeNull();
    const jobId = jobInAddress();
    await page.goBack();
    await expectFreshPage();
    expect(await page.getByRole('button', { name: en.cancel.action }).count()).toBe(0);
    expect(server.requests.filter((request) => request.includes('/cancel'))).toEqual([]);
    letEnd();
    const state = async () =>
      ((await (await fetch(`${url}/api/trace/job/${jobId}`)).json()) as { state: string }).state;
    await expect.poll(state).toBe('succeeded');
    await expectFreshPage();
  });
});

describe('a lineage that becomes a job', () => {
  it('shows on the bar how far it is, and says each ten percent', async () => {
    const { promise: lineageHalfway, resolve: goOn } = Promise.withResolvers<void>();
    server.options = { ...server.options, nodes: 8000, lineageHalfway };
    await startTrace(page, url, LOT);
    const bar = page.getByRole('progressbar', { name: en.stage.lineage });
    await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
    const figure = (label: string) => page.locator('dl > div').filter({ hasText: label }).locator('dd').first();
    for (const label of [en.progress.percent, en.progress.records, en.progress.rate, en.progress.size])
      expect(await figure(label).textContent(), label).toMatch(/[0-9]/);
    await page.getByText(/^[1-9]0 percent read$/).waitFor({ state: 'attached' });
    goOn();
    await waitForProof(page);
    expect(await bar.count()).toBe(0);
  });
});

describe('a job that is opened again', () => {
  const found = (on: Page = page) => on.getByRole('region', { name: en.found.title });
  const facts = async (on: Page = page) => await found(on).locator('dd').allTextContents();

  it('has what its query found, and what it did not, as its trace had; also by its bare link', async () => {
    await startTrace(page, url, `${LOT}\nXX-NONE\nGA2601*`);
    await waitForProof(page);
    await found().getByText('XX-NONE').waitFor();
    const before = await found().textContent();
    const first = jobInAddress();
    await startTrace(page, undefined, OTHER_LOT);
    await expect.poll(jobInAddress).not.toBe(first);
    await waitForProof(page);
    await found().getByText('XX-NONE').waitFor({ state: 'detached' });
    await page.goBack();
    await expect.poll(jobInAddress).toBe(first);
    await found().getByText('XX-NONE').waitFor();
    await waitForProof(page);
    await expect.poll(() => found().textContent()).toBe(before);
    await page.goto(`${url}/?job=${first}`);
    await waitForProof(page);
    await expect.poll(() => found().textContent()).toBe(before);
    expect(await page.getByLabel(en.query.values, { exact: true }).inputValue()).toContain('XX-NONE');
  });

  it('says in another browser that this is not known, and shows what is', async () => {
    await startTrace(page, url, LOT);
    await waitForProof(page);
    const [seeds, nodes, edges] = await facts();
    const { searchParams } = new URL(page.url());
    const other = await openPage(browser);
    await other.page.goto(`${url}/?job=${searchParams.get('job')}&lineage=${searchParams.get('lineage')}`);
    await waitForProof(other.page);
    await found(other.page).getByText(en.found.unknown).waitFor();
    expect(await facts(other.page)).toEqual([seeds, nodes, edges]);
    await other.page.goto(`${url}/?job=${searchParams.get('job')}`);
    await found(other.page).getByText(en.found.unknown).waitFor();
    await other.close();
  });
});
