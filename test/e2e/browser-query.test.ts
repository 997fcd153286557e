import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryAnswer } from '#protocol/query-tool.ts';
import { en } from '../../web/src/i18n/en.ts';
import { zhTw } from '../../web/src/i18n/zh-tw.ts';
import { cellText } from '../../web/src/trace/cell-text.ts';
import { MAX_LISTED_MACHINES } from '../../web/src/trace/query/machine-choice.ts';
import { MAX_URL_CHARS } from '../../web/src/trace/address/url-state.ts';
import { openPage, startTrace, waitForProof } from '../helpers/browser.ts';
import { browser, page, usePage, watched } from '../helpers/browser-page.ts';
import { gridRecords, shownRows } from '../helpers/browser-grid.ts';
import { tabTo } from '../helpers/browser-keys.ts';
import { lookAround, speak } from '../helpers/browser-look-around.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
const [FIRST_DAY, LAST_DAY] = ['2025-01-01', '2026-06-30'];

let plant: Plant;
usePage();
beforeAll(async () => {
  plant = await startPlant({ warehouseFile: await sampleFile(CONTAINERS) });
});
afterAll(() => plant?.stop());

const tab = (name: keyof typeof en.query.tab) => page.getByRole('tab', { name: en.query.tab[name] });
const field = () => page.locator('form textarea');
const picker = () => page.getByRole('combobox', { name: en.query.machineList.label });

/** The option that Enter would take. */
async function activeOption(): Promise<string> {
  return await picker().evaluate(
    (input) => document.getElementById(input.getAttribute('aria-activedescendant') ?? '')?.textContent ?? '',
  );
}

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
      expect(await lookAround(watched, `query-${name}`, 'piece')).toEqual([]);
      await speak(page, 'en');
    }
  });
});

describe('what is typed and chosen', () => {
  const param = (name: string) => new URL(page.url()).searchParams.get(name);
  /** What a person sees of the form. */
  const seen = async (on: Page) => ({
    tab: await on.getByRole('tablist', { name: en.query.tabs }).getByRole('tab', { selected: true }).textContent(),
    typed: await on
      .locator('form textarea, form input[type=date]')
      .evaluateAll((fields) => fields.map((each) => (each as HTMLInputElement | HTMLTextAreaElement).value)),
    chosen: await on.locator('form button[aria-haspopup=listbox]').allTextContents(),
    ticked: await on.locator('form input[type=checkbox]:checked').count(),
  });

  it('is in the address, so that a reload and whoever is given it have the same form, and starts nothing', async () => {
    const asked: string[] = [];
    page.on('request', (request) => {
      if (/seed-resolve|lineage|events|equipment/.test(request.url())) asked.push(request.url());
    });
    await page.goto(plant.url);
    const entries = await page.evaluate(() => history.length);
    await field().fill('GA26011704-A00-003');
    await tab('machines').click();
    await page.keyboard.press('Tab');
    await field().pressSequentially('GWBK-0241\nGDBA');
    await page.getByLabel(en.query.startDate).fill(FIRST_DAY);
    await expect.poll(() => param('form.from.machines')).toBe(FIRST_DAY);
    expect(param('form.tab')).toBe('machines');
    expect(param('form.q.machines')).toBe('GWBK-0241\nGDBA');
    expect(param('form.q.query_tool')).toBe('GA26011704-A00-003');
    expect(await page.evaluate(() => history.length)).toBe(entries);
    const [form, address] = [await seen(page), page.url()];

    await page.reload();
    await expect.poll(() => seen(page)).toEqual(form);
    expect(page.url()).toBe(address);
    const other = await openPage(browser);
    await other.page.goto(address);
    await expect.poll(() => seen(other.page)).toEqual(form);
    await other.close();
    await tab('query_tool').click();
    expect(await field().inputValue()).toBe('GA26011704-A00-003');
    expect(asked).toEqual([]);
  });

  it('is kept beside a result and its query, and while another page is looked at', async () => {
    await startTrace(page, plant.url, 'GA26011704-A00-003');
    await waitForProof(page);
    const records = await gridRecords(page);
    expect([...new URL(page.url()).searchParams.keys()].filter((name) => name.startsWith('form.'))).toEqual([]);
    await tab('mid_section_defect').click();
    await page.getByRole('button', { name: en.query.mode }).click();
    await page.getByRole('option', { name: en.query.date_range }).click();
    await page.getByRole('checkbox', { name: '成型' }).check();
    const form = await seen(page);
    // At once: the address would be written a moment later.
    await page.getByRole('link', { name: en.nav.status }).click();
    await page.getByRole('heading', { name: en.status.title }).waitFor();
    await page.getByRole('link', { name: en.nav.trace }).click();
    await waitForProof(page);
    await expect.poll(() => seen(page)).toEqual(form);
    expect(param('q')).toBe('GA26011704-A00-003');
    expect(param('job')).toMatch(/^[0-9a-f]{64}$/);
    await page.reload();
    await waitForProof(page);
    await expect.poll(() => seen(page)).toEqual(form);
    expect(await gridRecords(page)).toBe(records);
  });

  it('is kept by the session when its address would be too long', async () => {
    const lots = Array.from({ length: 100 }, (_, index) => `GA26011704-A00-${index}-A-RATHER-LONG-NAME`).join('\n');
    await page.goto(plant.url);
    await field().fill(lots);
    await expect.poll(() => param('_s')).toMatch(/^[0-9a-z]+$/);
    await page.reload();
    await expect.poll(() => field().inputValue()).toBe(lots);
    expect(page.url().length).toBeLessThan(MAX_URL_CHARS);
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

  it('is made of machines that are chosen from a list, by keys or by the mouse', async () => {
    const { data: list } = await ask('equipment-list');
    const names = [...new Set(list.map((row) => String(row['RESOURCENAME']).trim()))];
    const chosen = list.at(-1) ?? {};
    const model = String(chosen['RESOURCEFAMILYNAME']).trim();
    const start = String(chosen['RESOURCENAME']).trim().slice(0, -1);
    const alike = list.filter(
      (row) =>
        String(row['RESOURCEFAMILYNAME']).trim() === model && String(row['RESOURCENAME']).trim().startsWith(start),
    );
    expect(alike.length).toBeGreaterThan(1);
    expect(alike.length).toBeLessThan(MAX_LISTED_MACHINES);
    let asked = 0;
    page.on('request', (request) => (asked += Number(request.url().endsWith('/equipment-list'))));

    await page.goto(plant.url);
    await tab('machines').click();
    // Until then the field is the one of the other tab.
    await picker().waitFor();
    const options = page.getByRole('listbox', { name: en.query.machineList.options }).getByRole('option');
    expect(await options.count()).toBe(0);
    expect(asked).toBe(0);
    await field().focus();
    await tabTo(page, picker());
    expect(await picker().getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press('ArrowDown');
    await options.first().waitFor();
    expect(await options.count()).toBe(Math.min(names.length, MAX_LISTED_MACHINES));
    await page.keyboard.press('ArrowDown');
    // What is being composed ends with the same key.
    await picker().dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    expect(await field().inputValue()).toBe('');
    await page.keyboard.press('Enter');
    const [first = ''] = names;
    expect(await field().inputValue()).toBe(first);
    expect(await options.first().getAttribute('aria-selected')).toBe('true');

    await page.keyboard.type(`${model.toLowerCase()} ${start}`);
    await expect.poll(() => options.count()).toBe(alike.length);
    expect(await activeOption()).toContain(String(alike[0]?.['RESOURCENAME']).trim());
    await options.last().click();
    const last = String(alike.at(-1)?.['RESOURCENAME']).trim();
    await expect.poll(() => field().inputValue()).toBe(`${first}\n${last}`);
    // What the search hides stays chosen; what is typed is chosen as well.
    await field().fill(`${last}\n${first}`);
    await picker().fill('');
    await expect.poll(() => options.first().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect.poll(() => field().inputValue()).toBe(last);
    await page.keyboard.press('Escape');
    expect(await options.first().isVisible()).toBe(false);
    await page.reload();
    await tab('machines').click();
    await picker().click();
    await options.first().waitFor();
    // Once for each time that the page was loaded.
    expect(asked).toBe(2);
  });

  it('tells how many machines the list leaves out, and when it could not be read', async () => {
    let answer: 'fails' | 'none' | 'many' | 'hangs' = 'fails';
    await page.route('**/api/query-tool/equipment-list', async (route) => {
      if (answer === 'hangs') return;
      const real = await route.fetch();
      if (answer === 'fails') return route.fulfill({ status: 503, json: {} });
      const data = Array.from({ length: answer === 'none' ? 0 : MAX_LISTED_MACHINES + 7 }, (_, at) => ({
        RESOURCEID: String(at),
        RESOURCENAME: `GWBK-${1000 + at}`,
        RESOURCEFAMILYNAME: '<b>機型</b>',
        WORKCENTERNAME: null,
      }));
      await route.fulfill({ json: { ...((await real.json()) as QueryAnswer), data } });
    });
    await page.goto(plant.url);
    await tab('machines').click();
    await picker().click();
    await page.getByText(en.query.machineList.failed).waitFor();
    answer = 'none';
    await page.getByRole('button', { name: en.progress.retryNow }).click();
    await page.getByText(en.query.machineList.empty).waitFor();
    answer = 'hangs';
    await page.reload();
    await tab('machines').click();
    await picker().click();
    await page.getByText(en.query.machineList.loading).waitFor();
    // The worker that was asked goes with its page.
    await page.getByRole('link', { name: en.nav.status }).click();
    await page.getByRole('heading', { name: en.status.title }).waitFor();
    answer = 'many';
    await page.getByRole('link', { name: en.nav.trace }).click();
    await tab('machines').click();
    await picker().click();
    await page.getByText(en.query.machineList.more.replace('{{ count }}', '7')).waitFor();
    await picker().fill('nothing like this');
    await page.getByText(en.query.machineList.none).waitFor();
    await picker().fill('機型 1106');
    expect(await page.getByRole('option').allInnerTexts()).toEqual(['GWBK-1106\n<b>機型</b>']);
    await picker().fill('');
    expect(await lookAround(watched, 'query-machine-list', 'piece')).toEqual([]);
  });

  it('says so when no machine has such a name', async () => {
    await page.goto(plant.url);
    await tab('machines').click();
    await startTrace(page, undefined, 'NO-SUCH-MACHINE');
    await page.getByText(en.end.noSeeds).waitFor();
    await page.getByText(en.events.empty.nothing_found).waitFor();
    expect(await page.getByRole('grid').count()).toBe(0);
  });

  it('looks for machines in its first stage, and says so', async () => {
    await page.goto(plant.url);
    const stages = page.getByRole('region', { name: en.stage.label });
    await stages.getByText(en.stage.seed_resolve).waitFor();
    await tab('machines').click();
    await stages.getByText(en.stage.machines).waitFor();
    await startTrace(page, undefined, 'NO-SUCH-MACHINE');
    await page.getByText(en.end.noSeeds).waitFor();
    await stages.getByText(en.stage.machines).waitFor();
    expect(await stages.getByText(en.stage.seed_resolve).count()).toBe(0);
    await page.getByRole('status').getByText(`${en.stage.machines}: ${en.stage.done}`).waitFor();
    await speak(page, 'zh-TW');
    await page.getByRole('status').getByText(`${zhTw.stage.machines}：${zhTw.stage.done}`).waitFor();
    await speak(page, 'en');
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
    expect(await lookAround(watched, 'machines-too-many', 'piece')).toEqual([]);
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
