import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { openPage, startBrowser, startTrace, waitForProof, type WatchedPage } from '../helpers/browser.ts';
import { gridRecords } from '../helpers/browser-grid.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

const LOT = 'GA26011704-A00-003';
const OTHER_LOT = 'GA26011704-A00-004';

let browser: Browser;
let server: DemoServer;
let url: string;
let watched: WatchedPage;
let page: Page;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  server = new DemoServer({ nodes: 40, records: 3000, paceMs: 0 });
  url = await server.start();
  watched = await openPage(browser);
  page = watched.page;
});
// A page that complained fails its test here.
afterEach(async () => {
  await watched.close().finally(() => server.stop());
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
