import { readFile } from 'node:fs/promises';
import type { ResultPage } from '#protocol/job.ts';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { zhTw } from '../../web/src/i18n/zh-tw.ts';
import { cellText } from '../../web/src/trace/cell-text.ts';
import { waitForProof } from '../helpers/browser.ts';
import { page, usePage } from '../helpers/browser-page.ts';
import { gridRecords } from '../helpers/browser-grid.ts';
import { focusedText, tabTo } from '../helpers/browser-keys.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
const UTF8_BOM = '\uFEFF';

let plant: Plant;
usePage();
beforeAll(async () => {
  plant = await startPlant({ warehouseFile: await sampleFile(CONTAINERS) });
});
afterAll(() => plant?.stop());
beforeEach(async () => {
  // As in Firefox and Safari: a file is saved by way of a download.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
});

const press = (key: string) => page.keyboard.press(key);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const values = () => page.getByRole('textbox', { name: en.query.values });
const tree = () => page.getByRole('tree');
const grid = () => page.getByRole('grid');
const dialog = () => page.getByRole('dialog');

async function hasFocus(target: Locator): Promise<boolean> {
  return await target.evaluate((element) => element === document.activeElement);
}

async function activeText(widget: Locator): Promise<string> {
  const id = (await widget.getAttribute('aria-activedescendant')) ?? '';
  const active = page.locator(`[id="${id}"]`);
  return (await active.getAttribute('aria-label')) ?? (await active.textContent()) ?? '';
}

/** From the address bar: the page is opened, and nothing on it was touched. */
async function traceByKeys(typed: string): Promise<void> {
  await page.goto(plant.url);
  await page.getByText(en.health.ok).waitFor();
  await tabTo(page, values());
  await page.keyboard.type(typed);
  await tabTo(page, button(en.query.start));
  await press('Enter');
  await waitForProof(page);
}

describe('with keys alone', () => {
  it('a person switches the language and moves the border of the lineage, and stays where they are', async () => {
    await page.goto(plant.url);
    await button(en.language.zhTw).focus();
    for (const [key, name] of [
      ['Enter', zhTw.language.zhTw],
      ['Tab', zhTw.language.en],
      ['Enter', en.language.en],
    ] as const) {
      await press(key);
      expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(name);
    }
    const border = page.getByRole('separator', { name: en.lineage.title });
    await border.focus();
    for (const [key, percent] of [
      ['Home', '15'],
      ['ArrowDown', '19'],
      ['End', '80'],
    ] as const) {
      await press(key);
      expect(await border.getAttribute('aria-valuenow')).toBe(percent);
    }
  });

  it('a person traces lots, walks the lineage and the records, and takes the result home as a file', async () => {
    await traceByKeys('GA26011704*');
    expect(await hasFocus(button(en.query.start))).toBe(true);
    const all = await gridRecords(page);

    await tabTo(page, tree());
    const first = await activeText(tree());
    await press('ArrowDown');
    const second = await activeText(tree());
    expect(second).not.toBe(first);
    await press('End');
    await press('Enter');
    await button(en.events.clearFilter).waitFor();
    await press('Escape');
    await button(en.events.clearFilter).waitFor({ state: 'detached' });
    await expect.poll(() => gridRecords(page)).toBe(all);
    expect(await hasFocus(tree())).toBe(true);

    await tabTo(page, page.getByRole('tab', { name: en.domain.history }));
    await press('ArrowRight');
    await press('ArrowRight');
    const kinds = page.getByRole('tablist', { name: en.events.tabs });
    expect(await kinds.getByRole('tab', { selected: true }).textContent()).toContain(en.domain.rejects);
    await tabTo(page, grid());
    await press('Control+End');
    const last = Number(await grid().getAttribute('aria-rowcount')) - 2;
    await expect.poll(async () => await grid().getAttribute('aria-activedescendant')).toContain(`-${last}-`);

    await tabTo(page, button(en.export.action), 'Shift+Tab');
    await press('Enter');
    await dialog().waitFor();
    await tabTo(page, button(en.export.save));
    const begun = page.waitForEvent('download');
    await press('Enter');
    const file = await begun;
    await expectCsvOf(await readFile(await file.path(), 'utf8'), 'rejects');
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => focusedText(page)).toBe(`button ${en.export.action}`);
  });

  it('a person opens what opens, stays in it while it is open, and is back where they were after Escape', async () => {
    await traceByKeys('GA26011704-A00-003');
    for (const [opener, opened] of [
      [page.getByRole('button', { name: en.health.ok }), dialog()],
      [page.getByRole('button', { name: en.query.inputType }), page.getByRole('listbox')],
      [button(en.grid.columns), dialog()],
      [button(en.export.action), dialog()],
    ] as const) {
      await tabTo(page, opener);
      await press('Enter');
      await opened.waitFor();
      await expect.poll(() => opened.evaluate((element) => element.contains(document.activeElement))).toBe(true);
      await press('Escape');
      await opened.waitFor({ state: 'detached' });
      await expect.poll(() => hasFocus(opener), { message: String(opener) }).toBe(true);
    }
    await tabTo(page, grid());
    await press('Alt+ArrowDown');
    await dialog().waitFor();
    await expect.poll(() => dialog().evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => hasFocus(grid())).toBe(true);
  });

  it('a person goes round the whole page, and skips to the results', async () => {
    await traceByKeys('GA26011704-A00-003');
    const skip = page.getByRole('link', { name: en.app.skip });
    await tabTo(page, skip);
    await press('Enter');
    await expect.poll(() => hasFocus(page.locator('main'))).toBe(true);
    await tabTo(page, tree());
    await tabTo(page, skip, 'Shift+Tab');
  });
});

/** Checks every cell of the file against the records of the API. */
async function expectCsvOf(csv: string, domain: string): Promise<void> {
  const jobId = new URL(page.url()).searchParams.get('job') ?? '';
  const answer = await fetch(`${plant.url}/api/trace/job/${jobId}/result?domain=${domain}&limit=5000`);
  const { data, total } = (await answer.json()) as ResultPage;
  const records = data as Readonly<Record<string, string | number | null>>[];
  expect(records.length).toBe(total);
  expect(csv.startsWith(`${UTF8_BOM}Lot,`)).toBe(true);
  const lines = csv.trimEnd().split('\r\n').slice(1);
  expect(lines.length).toBe(total);
  for (const [at, record] of records.entries())
    expect(lines[at]?.split(',')[0], `row ${at}`).toBe(cellText(record['CONTAINERNAME']));
}
