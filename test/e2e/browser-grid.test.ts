import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelColumn } from '#protocol/column-labels.ts';
import type { ResultPage } from '#protocol/job.ts';
import { en } from '../../web/src/i18n/en.ts';
import { MAX_FILTER_CHARS } from '../../web/src/trace/arrange/arrange-spec.ts';
import { cellText } from '../../web/src/trace/cell-text.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage } from '../helpers/browser-page.ts';
import { say } from '../helpers/browser-say.ts';
import { goToRow, gridRecords, shownRows } from '../helpers/browser-grid.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
/** Records that the API answers at once. */
const PAGE_RECORDS = 5000;
/** Until thousands of records are sorted, on a machine that does other things as well. */
const ROWS_TIMEOUT_MS = 10_000;
const QTY = 'TRACKINQTY';
const MACHINE = 'EQUIPMENTNAME';

type Record = Readonly<{ [column: string]: string | number | null }>;

let plant: Plant;
usePage({ permissions: ['clipboard-read', 'clipboard-write'] });
beforeAll(async () => {
  plant = await startPlant({ warehouseFile: await sampleFile(CONTAINERS) });
});
afterAll(() => plant?.stop());

/** Traces some lots and reads their history from the API as well. */
async function traceHistory(): Promise<Record[]> {
  await startTrace(page, plant.url, 'GA2606*');
  await waitForProof(page);
  const jobId = new URL(page.url()).searchParams.get('job') ?? '';
  const records: Record[] = [];
  for (;;) {
    const query = `domain=history&offset=${records.length}&limit=${PAGE_RECORDS}`;
    const answer = await fetch(`${plant.url}/api/trace/job/${jobId}/result?${query}`);
    const { data, total } = (await answer.json()) as ResultPage;
    records.push(...(data as Record[]));
    if (records.length >= total) break;
  }
  expect(records.length).toBeGreaterThan(PAGE_RECORDS);
  return records;
}

function sortSimply(records: readonly Record[], column: string, sign: 1 | -1): Record[] {
  return records.toSorted((a, b) => {
    const [x, y] = [a[column] ?? null, b[column] ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return x === y ? 0 : x < y ? -sign : sign;
  });
}

async function expectRows(records: readonly Record[]): Promise<void> {
  await expect.poll(() => gridRecords(page), { timeout: ROWS_TIMEOUT_MS }).toBe(records.length);
  await expect
    .poll(
      async () => {
        const rows = await shownRows(page);
        const wrong = rows.filter(({ index, cells }) =>
          Object.entries(cells).some(([name, text]) => text !== cellText(records[index]?.[name])),
        );
        return { isEmpty: rows.length === 0, wrong };
      },
      { timeout: ROWS_TIMEOUT_MS },
    )
    .toEqual({ isEmpty: false, wrong: [] });
}

function header(column: string): Locator {
  return page.locator(`[role=columnheader][data-column="${column}"]`);
}

/** Of the header that is the active cell; `null` where that is a cell or is not on screen. */
async function activeColumn(): Promise<string | null> {
  const id = await page.getByRole('grid').getAttribute('aria-activedescendant');
  return id === null ? null : await page.locator(`[id="${id}"]`).getAttribute('data-column');
}

/** Walks to the header of a column with keys alone. */
async function goToHeader(column: string): Promise<void> {
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowUp');
  for (let step = 0; step < 30; step++) {
    if ((await activeColumn()) === column) return;
    await page.keyboard.press('ArrowRight');
  }
  throw new Error(`there is no column ${column}`);
}

describe('the grid of records', () => {
  it('sorts by a number in both directions, with keys alone, and goes back to the order of the stream', async () => {
    const records = await traceHistory();
    await goToHeader(QTY);
    await page.keyboard.press('Enter');
    await expectRows(sortSimply(records, QTY, 1));
    expect(await header(QTY).getAttribute('aria-sort')).toBe('ascending');
    // The header is still the active cell.
    expect(await activeColumn()).toBe(QTY);
    await page
      .getByRole('status')
      .getByText(say(en.grid.settled, { count: records.length.toLocaleString('en') }))
      .waitFor();
    await page.keyboard.press('Enter');
    const falling = sortSimply(records, QTY, -1);
    await expectRows(falling);
    expect(await header(QTY).getAttribute('aria-sort')).toBe('descending');
    await goToRow(page, 'Control+End', records.length - 1);
    await expectRows(falling);
    // A cell that is not on screen is nobody's active one.
    await page.getByRole('grid').evaluate((grid) => grid.scrollTo({ top: 0 }));
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-activedescendant')).toBeNull();
    await goToHeader(QTY);
    await page.keyboard.press('Enter');
    await expectRows(records);
  });

  it('filters by text and number together with a sort, and copies what it shows with its headers', async () => {
    const records = await traceHistory();
    const prefixes = Object.groupBy(records, (record) => String(record[MACHINE] ?? '').slice(0, 4));
    const [machine = ''] = Object.keys(prefixes).sort(
      (a, b) => (prefixes[b]?.length ?? 0) - (prefixes[a]?.length ?? 0),
    );
    await page.getByRole('grid').focus();
    await goToHeader(MACHINE);
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByLabel(en.grid.filter).fill(machine.toLowerCase());
    await page.keyboard.press('Enter');
    const ofMachine = records.filter((record) => String(record[MACHINE] ?? '').includes(machine));
    expect(ofMachine.length).toBeGreaterThan(2);
    expect(ofMachine.length).toBeLessThan(records.length);
    await expectRows(ofMachine);

    await goToHeader(QTY);
    await page.keyboard.press('Alt+ArrowDown');
    const field = page.getByLabel(en.grid.filter);
    await field.fill('>abc');
    await page.getByText(en.grid.filterWrong).waitFor();
    const most = Number(sortSimply(ofMachine, QTY, -1)[0]?.[QTY]);
    await field.fill('9'.repeat(MAX_FILTER_CHARS + 1));
    await page.getByText(say(en.grid.filterTooLong, { most: MAX_FILTER_CHARS })).waitFor();
    // Whatever is clicked outside has the focus.
    const values = page.getByLabel(en.query.values, { exact: true });
    await values.click();
    await field.waitFor({ state: 'detached' });
    await expect.poll(() => values.evaluate((element) => element === document.activeElement)).toBe(true);
    await goToHeader(QTY);
    await page.keyboard.press('Control+c');
    await page.getByText(say(en.grid.copiedHeaders, { columns: 1 })).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(labelColumn(QTY, 'en'));
    await page.keyboard.press('Alt+ArrowDown');
    await field.fill(`<${most}`);
    await page.keyboard.press('Enter');
    const fewer = ofMachine.filter((record) => record[QTY] !== null && Number(record[QTY]) < most);
    await goToHeader(QTY);
    await page.keyboard.press('Enter');
    const wanted = sortSimply(fewer, QTY, 1);
    await expectRows(wanted);

    await goToHeader(QTY);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowLeft');
    const columns = (await page
      .locator('[role=columnheader]')
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-column')))) as string[];
    const at = columns.indexOf(QTY);
    const copied = columns.slice(at - 1, at + 1);
    await page.keyboard.press('Control+c');
    await page.getByText('Copied rows: 2, columns: 2').waitFor();
    const lines = wanted.slice(0, 2).map((record) => copied.map((name) => cellText(record[name])).join('\t'));
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toBe([copied.map((name) => labelColumn(name, 'en')).join('\t'), ...lines].join('\r\n'));

    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    await page.getByText(`Copied rows: ${wanted.length.toLocaleString('en')}, columns:`).waitFor();
    const all = await page.evaluate(() => navigator.clipboard.readText());
    expect(all.split('\r\n').length).toBe(wanted.length + 1);
  });

  it('keeps hidden, moved, pinned and widened columns over a reload, until they are reset', async () => {
    const records = await traceHistory();
    const names = () =>
      page.locator('[role=columnheader]').evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-column')));
    const first = await names();
    await page.getByRole('button', { name: en.grid.columns }).click();
    await page.getByRole('button', { name: `Pin ${labelColumn(MACHINE, 'en')} at the left`, exact: true }).click();
    await page.getByRole('checkbox', { name: labelColumn(String(first[1]), 'en'), exact: true }).uncheck();
    const toTheRight = page.getByRole('button', {
      name: say(en.grid.moveColumnRight, { column: labelColumn(String(first[2]), 'en') }),
    });
    await toTheRight.press('Enter');
    await expect.poll(() => toTheRight.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    const lot = header(String(first[0]));
    const widthOf = async () => (await lot.boundingBox())?.width ?? 0;
    const before = await widthOf();
    await goToHeader(String(first[0]));
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(widthOf).toBe(before + 16);
    await page.keyboard.press('Alt+Shift+ArrowRight');
    const changed = [MACHINE, first[2], first[0]];
    await expect.poll(async () => (await names()).slice(0, 3)).toEqual(changed);
    await page.reload();
    await waitForProof(page);
    await header(MACHINE).waitFor();
    expect((await names()).slice(0, 3)).toEqual(changed);
    expect(await widthOf()).toBe(before + 16);
    await expectRows(records);
    await page.getByRole('button', { name: 'Columns, 1 hidden' }).click();
    await page.getByRole('button', { name: en.grid.reset }).click();
    await expect.poll(names).toEqual(first);
  });

  it('moves a column that is dragged by its header', async () => {
    await traceHistory();
    const columns = page.locator('[role=columnheader]');
    const names = () => columns.evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-column')));
    const [a, b, c] = await names();
    const from = await columns.nth(0).boundingBox();
    const to = await columns.nth(2).boundingBox();
    if (from === null || to === null) throw new Error('the headers are not on screen');
    await page.mouse.move(from.x + 20, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 4, to.y + 10, { steps: 6 });
    await page.mouse.up();
    await expect.poll(async () => (await names()).slice(0, 3)).toEqual([b, a, c]);
    expect(await columns.nth(1).getAttribute('aria-sort')).toBe('none');
  });
});
