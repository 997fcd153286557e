import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { QueryAnswer } from '#protocol/query-tool.ts';
import { en } from '../../web/src/i18n/en.ts';
import { cellText } from '../../web/src/trace/events/cell-text.ts';
import { openPage, startBrowser, startTrace, waitForProof, type WatchedPage } from '../helpers/browser.ts';
import { gridRecords, shownRows } from '../helpers/browser-grid.ts';
import { lookAround, speak } from '../helpers/browser-look-around.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
const [FIRST_DAY, LAST_DAY] = ['2025-01-01', '2026-06-30'];

let plant: Plant;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
beforeAll(async () => {
  browser = await startBrowser();
  plant = await startPlant({ warehouseFile: await sampleFile(CONTAINERS) });
});
afterAll(async () => {
  await browser?.close();
  await plant?.stop();
});
beforeEach(async () => {
  watched = await openPage(browser);
  page = watched.page;
});
afterEach(() => watched.close());

const tab = (name: keyof typeof en.query.tab) => page.getByRole('tab', { name: en.query.tab[name] });
const field = () => page.locator('form textarea');

async function ask(path: string, body?: object): Promise<QueryAnswer> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(`${plant.url}/api/query-tool/${path}`, body === undefined ? {} : post);
  return (await answer.json()) as QueryAnswer;
}

describe('the ways to ask', () => {
  it('are tabs, each with its types, its example, its sentence, and what was typed into it', async () => {
    await page.goto(plant.url);
    await field().fill('GA26011704-A00-003');
    await page.getByText(en.query.intro.query_tool).waitFor();
    await tab('query_tool_reverse').click();
    await page.getByText(en.query.intro.query_tool_reverse).waitFor();
    expect(await field().inputValue()).toBe('');
    expect(await field().getAttribute('placeholder')).toBe(en.query.placeholder.serial_number);
    await field().fill('GD25060502');
    await page.getByText('1 / 100', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    // With keys alone.
    await tab('query_tool_reverse').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText(en.query.intro.machines).waitFor();
    expect(await field().getAttribute('placeholder')).toBe(en.query.placeholder.machines);
    await page.keyboard.press('ArrowRight');
    await page.getByText(en.query.intro.mid_section_defect).waitFor();
    expect(await page.getByRole('button', { name: en.query.mode }).count()).toBe(1);
    await page.keyboard.press('Home');
    expect(await field().inputValue()).toBe('GA26011704-A00-003');
    await tab('query_tool_reverse').click();
    expect(await field().inputValue()).toBe('GD25060502');
  });

  it('are readable in both languages, on a tablet as well', async () => {
    await page.goto(plant.url);
    for (const name of ['machines', 'query_tool_reverse'] as const) {
      await tab(name).click();
      await page.getByText(en.query.intro[name]).waitFor();
      expect(await lookAround(watched, `query-${name}`)).toEqual([]);
      await speak(page, 'en');
    }
  });
});

describe('a query of machines', () => {
  it('shows every record that the API gives for them, and is the same when its address is opened', async () => {
    const { data: list } = await ask('equipment-list');
    const name = String(list[0]?.['RESOURCENAME']).trim();
    const pattern = `${name.slice(0, 4).toLowerCase()}*`;
    const named = list.filter((row) => String(row['RESOURCENAME']).startsWith(name.slice(0, 4))).slice(0, 101);
    expect(named.length).toBeLessThan(101);
    const wanted = await ask('equipment-period', {
      equipment_ids: named.map((row) => row['RESOURCEID']),
      start_date: FIRST_DAY,
      end_date: LAST_DAY,
      query_type: 'lots',
    });
    expect(wanted.pagination.total).toBeGreaterThan(0);

    await page.goto(plant.url);
    await tab('machines').click();
    await page.getByLabel(en.query.startDate).fill(FIRST_DAY);
    await page.getByLabel(en.query.endDate).fill(LAST_DAY);
    await startTrace(page, undefined, `${pattern}\nNO-SUCH-MACHINE`);
    await waitForProof(page);
    const found = page.getByRole('region', { name: en.found.title });
    await found.getByText('NO-SUCH-MACHINE').waitFor();
    await found.getByText(named.length.toLocaleString('en'), { exact: true }).first().waitFor();
    expect(await page.getByRole('region', { name: en.lineage.title }).count()).toBe(0);
    expect(await gridRecords(page)).toBe(wanted.pagination.total);
    const rows = await shownRows(page);
    expect(rows.length).toBeGreaterThan(0);
    for (const { index, cells } of rows)
      for (const [column, text] of Object.entries(cells))
        expect([index, column, text]).toEqual([index, column, cellText(wanted.data[index]?.[column] as string | null)]);
    await watched.shoot('machines-en-light');

    const address = page.url();
    expect(new URL(address).searchParams.get('mode')).toBe('machines');
    await page.reload();
    await waitForProof(page);
    expect(await gridRecords(page)).toBe(wanted.pagination.total);
    expect(await tab('machines').getAttribute('aria-selected')).toBe('true');
    expect(await field().inputValue()).toBe(`${pattern}\nNO-SUCH-MACHINE`);
    expect(page.url()).toBe(address);
  });

  it('says so when no machine has such a name', async () => {
    await page.goto(plant.url);
    await tab('machines').click();
    await startTrace(page, undefined, 'NO-SUCH-MACHINE');
    await page.getByText(en.end.noSeeds).waitFor();
    await page.getByText(en.events.empty.nothing_found).waitFor();
    expect(await page.getByRole('grid').count()).toBe(0);
  });

  it('says how many machines are too many, and that the query has to change', async () => {
    const { data: list } = await ask('equipment-list');
    const prefixes = Map.groupBy(list, (row) => String(row['RESOURCENAME']).slice(0, 5));
    const [prefix = '', named = []] =
      [...prefixes].toSorted(([, some], [, others]) => others.length - some.length)[0] ?? [];
    expect(named.length).toBeGreaterThan(100);
    await page.goto(plant.url);
    await tab('machines').click();
    await startTrace(page, undefined, `${prefix}*`);
    const told = `${prefix}* alone ${named.length}`;
    await page.getByRole('alert').getByText(told).waitFor();
    expect(await page.getByRole('button', { name: en.action.retry }).count()).toBe(0);
    expect(await lookAround(watched, 'machines-too-many')).toEqual([]);
    await speak(page, 'en');
    await page.getByRole('button', { name: en.action.changeQuery }).click();
    expect(await field().evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('speaks of machines, not of containers, where they have no records', async () => {
    const { data: list } = await ask('equipment-list');
    await page.goto(plant.url);
    await tab('machines').click();
    await page.getByLabel(en.query.startDate).fill('1990-01-01');
    await page.getByLabel(en.query.endDate).fill('1990-01-02');
    await startTrace(page, undefined, String(list[0]?.['RESOURCENAME']).trim());
    await page.getByText(en.events.noneOfMachines).waitFor();
    expect(await page.getByText(en.events.none).count()).toBe(0);
  });
});
