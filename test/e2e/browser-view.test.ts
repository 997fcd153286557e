import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { MAX_URL_CHARS } from '../../web/src/trace/address/url-state.ts';
import { openPage, startTrace, waitForProof } from '../helpers/browser.ts';
import { browser, page, usePage } from '../helpers/browser-page.ts';
import { gridRecords, shownRows } from '../helpers/browser-grid.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

const LOT = 'GA26011704-A00-003';

let server: DemoServer;
let url: string;
usePage();
beforeAll(async () => {
  server = new DemoServer({ nodes: 40, records: 3000, paceMs: 0 });
  url = await server.start();
});
afterAll(() => server?.stop());

const tab = (on: Page, name: string) => on.getByRole('tab', { name });

async function sortBy(name: string): Promise<void> {
  await page.locator(`[role=columnheader][data-column="${name}"]`).first().click();
}

async function chooseNode(lot: string): Promise<void> {
  await page.getByRole('searchbox', { name: en.lineage.search }).fill(lot);
  await page.getByRole('treeitem', { name: `${lot},` }).click();
}

/** All that somebody sees of a result: the tab, its columns, its rows, what is chosen. */
async function seen(on: Page) {
  await on.getByRole('gridcell').first().waitFor();
  const headers = await on
    .locator('[role=columnheader]')
    .evaluateAll((cells) => cells.map((cell) => [cell.getAttribute('data-column'), cell.getAttribute('aria-sort')]));
  return {
    tab: await on.getByRole('tablist', { name: en.events.tabs }).getByRole('tab', { selected: true }).textContent(),
    headers,
    records: await gridRecords(on),
    rows: (await shownRows(on)).slice(0, 8),
    filter: await on.getByRole('button', { name: en.events.clearFilter }).count(),
  };
}

async function arrangeView(seed = LOT): Promise<Awaited<ReturnType<typeof seen>>> {
  await tab(page, en.domain.materials).click();
  await page.getByRole('button', { name: en.grid.columns }).click();
  const boxes = page.getByRole('dialog').getByRole('checkbox');
  await boxes.nth(1).uncheck();
  await page.keyboard.press('Escape');
  await chooseNode(seed);
  await page.getByRole('button', { name: en.events.clearFilter }).waitFor();
  const column = (await page.locator('[role=columnheader]').nth(1).getAttribute('data-column')) ?? '';
  await sortBy(column);
  await sortBy(column);
  await expect
    .poll(() => page.locator(`[role=columnheader][data-column="${column}"]`).getAttribute('aria-sort'))
    .toBe('descending');
  return await seen(page);
}

describe('the view of a result', () => {
  it('is the same after a reload and for somebody who is given its address', async () => {
    await startTrace(page, url, LOT);
    await waitForProof(page);
    const view = await arrangeView();
    expect(view.filter).toBe(1);
    const address = page.url();
    const said = new URL(address).searchParams;
    expect(said.get('tab')).toBe('materials');
    expect(said.get('node')).toMatch(/^[0-9a-f]{16}$/);
    expect(said.get('sort')).toMatch(/^materials:-[A-Z_]+$/);
    expect(said.get('hide')).toMatch(/^materials:[A-Z_]+$/);

    await page.reload();
    await waitForProof(page);
    await expect.poll(() => seen(page)).toEqual(view);
    expect(page.url()).toBe(address);

    const other = await openPage(browser);
    await other.page.goto(address);
    await waitForProof(other.page);
    await expect.poll(() => seen(other.page)).toEqual(view);
    expect(other.page.url()).toBe(address);
    await other.close();
  });

  it('shows the same faces of the lineage and the timeline again', async () => {
    await startTrace(page, url, LOT);
    await waitForProof(page);
    await page.getByRole('button', { name: en.lineage.relations, exact: true }).click();
    await tab(page, en.timeline.tab).click();
    const faces = page.getByRole('group', { name: en.timeline.face });
    await page.getByRole('button', { name: en.timeline.table, exact: true }).click();
    const shown = async (on: Page): Promise<void> => {
      await on.getByRole('grid', { name: en.lineage.relations }).waitFor();
      await on.getByRole('region', { name: en.timeline.table }).waitFor();
    };
    await shown(page);
    expect(await faces.count()).toBe(1);
    const said = new URL(page.url()).searchParams;
    expect([said.get('face'), said.get('timeline')]).toEqual(['relations', 'table']);
    await page.reload();
    await shown(page);
    const other = await openPage(browser);
    await other.page.goto(page.url());
    await shown(other.page);
    await other.close();
    await page.getByRole('button', { name: en.lineage.drawing, exact: true }).click();
    await page.getByRole('tree').waitFor();
    expect(new URL(page.url()).searchParams.get('face')).toBeNull();
  });

  it('is kept by the session when its address would be too long', async () => {
    const lots = Array.from(
      { length: 100 },
      (_, index) => `GA26011704-A00-${String(index).padStart(3, '0')}-LONG-NAME`,
    );
    await startTrace(page, url, lots.join('\n'));
    await waitForProof(page);
    const view = await arrangeView(lots[0]);
    expect(page.url().length).toBeLessThan(MAX_URL_CHARS);
    expect(new URL(page.url()).searchParams.get('_s')).toMatch(/^[0-9a-z]+$/);
    await page.reload();
    await waitForProof(page);
    await expect.poll(() => seen(page)).toEqual(view);
    expect(await page.getByLabel(en.query.values, { exact: true }).inputValue()).toBe(lots.join('\n'));
  });

  it('has its own query again when somebody goes back from another long one, also after a reload', async () => {
    const manyLots = (wafer: number) =>
      Array.from({ length: 91 }, (_, index) => `GA2601170${wafer}-A00-${String(index).padStart(3, '0')}-LONG-NAME`);
    const [first, second] = [manyLots(1).join('\n'), manyLots(2).join('\n')];
    const typed = () => page.getByLabel(en.query.values, { exact: true }).inputValue();
    const job = () => new URL(page.url()).searchParams.get('job');
    await startTrace(page, url, first);
    await waitForProof(page);
    const firstAddress = page.url();
    await startTrace(page, undefined, second);
    await expect.poll(job).not.toBeNull();
    await waitForProof(page);
    const secondJob = job();
    await page.goBack();
    await expect.poll(typed).toBe(first);
    await waitForProof(page);
    expect(page.url()).toBe(firstAddress);
    await page.reload();
    await waitForProof(page);
    expect([await typed(), page.url()]).toEqual([first, firstAddress]);
    const remembered = await page.evaluate(() => localStorage.getItem('lotstream.views') ?? '[]');
    const views = new Map(
      (JSON.parse(remembered) as { job: string; view: string }[]).map(({ job: id, view }) => [id, view]),
    );
    expect(new URLSearchParams(views.get(new URL(firstAddress).searchParams.get('job') ?? '')).get('q')).toBe(
      first.replaceAll('\n', ','),
    );
    expect(new URLSearchParams(views.get(secondJob ?? '')).get('q')).toBe(second.replaceAll('\n', ','));
  });

  it('begins anew with another query', async () => {
    await startTrace(page, url, LOT);
    await waitForProof(page);
    await arrangeView();
    await startTrace(page, undefined, 'GA26011704-A00-004');
    await waitForProof(page);
    await expect.poll(async () => [...new URL(page.url()).searchParams.keys()].sort().join()).not.toContain('sort');
    expect(new URL(page.url()).searchParams.get('node')).toBeNull();
    await tab(page, en.domain.history).and(page.locator('[data-selected]')).waitFor();
    expect(await page.getByRole('button', { name: en.events.clearFilter }).count()).toBe(0);
  });
});

describe('a node that is chosen before its events are there', () => {
  it('leaves only its records from the first one on', async () => {
    const slow = new DemoServer({ nodes: 40, records: 3000 });
    const letGo = slow.hold('events');
    try {
      await startTrace(page, await slow.start(), LOT);
      await chooseNode(LOT);
      letGo();
      await waitForProof(page);
      const own = await gridRecords(page);
      await page.getByRole('button', { name: en.events.clearFilter }).click();
      await expect.poll(() => gridRecords(page)).toBeGreaterThan(own);
      await page.getByRole('treeitem', { name: `${LOT},` }).click();
      await expect.poll(() => gridRecords(page)).toBe(own);
    } finally {
      await slow.stop();
    }
  });
});
