import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { lookAround, speak } from '../helpers/browser-look-around.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
const PATTERN_MOST = 4;
const LOTS_MOST = 6;
/** Six lots match. */
const PATTERN = 'GA26011704-A00-00*';

let plant: Plant;
usePage();
beforeAll(async () => {
  plant = await startPlant({
    warehouseFile: await sampleFile(CONTAINERS),
    bridgeVariables: {
      CONTAINER_RESOLVE_MAX_EXPANSION_PER_TOKEN: String(PATTERN_MOST),
      CONTAINER_RESOLVE_MAX_CONTAINER_IDS: String(LOTS_MOST),
    },
  });
});
afterAll(() => plant?.stop());

const main = () => page.getByRole('main');
const proven = () => page.getByText(en.end.proven, { exact: true });

function filled(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => values[name] ?? '');
}

describe('a query that was cut', () => {
  it('is told above the results with what to do, is never called complete, and its export says so', async () => {
    await startTrace(page, plant.url, PATTERN);
    await waitForProof(page);
    const told = filled(en.cut.PATTERN_CUT, { value: PATTERN, given: String(PATTERN_MOST) });
    await main().getByText(told).waitFor();
    await main().getByText(en.cut.lotsHint).waitFor();
    await page.getByText(filled(en.found.firstOfMore, { count: String(PATTERN_MOST) })).waitFor();
    expect(await proven().count()).toBe(0);
    await page.getByRole('button', { name: en.export.action }).click();
    await page.getByRole('dialog').getByText(en.export.truncated).waitFor();
    await page
      .getByRole('dialog')
      .getByText(/-truncated\.csv$/)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: en.export.close }).click();
    expect(await lookAround(watched, 'cut', 'piece')).toEqual([]);
  });

  it('is told again when its address is opened', async () => {
    await startTrace(page, plant.url, PATTERN);
    await waitForProof(page);
    await page.reload();
    await waitForProof(page);
    await main().getByText(en.cut.lots).waitFor();
    expect(await proven().count()).toBe(0);
    await page.getByRole('navigation').getByRole('link', { name: en.nav.jobs }).click();
    await page.getByText(en.jobs.cut).waitFor();
  });

  it('says how many lots match in all when its values do together', async () => {
    const values = [1, 2, 3, 4, 5].map((n) => `GA26021718-A00-00${n}`);
    await startTrace(page, plant.url, [...values, PATTERN].join('\n'));
    await waitForProof(page);
    const matched = main().getByText(/lots match; only 6 of them are traced/);
    await matched.waitFor();
    expect(await proven().count()).toBe(0);
  });

  it('is told where the lineage was cut at its last level', async () => {
    await startTrace(page, plant.url, 'GA26021714-A00-001');
    await waitForProof(page);
    await main().getByText(en.cut.lineage).waitFor();
    expect(await proven().count()).toBe(0);
    await page.reload();
    await waitForProof(page);
    await main().getByText(en.cut.lineage).waitFor();
  });
});

describe('what was not found', () => {
  it('is named above the results, and the whole list is one key away', async () => {
    const unknown = Array.from({ length: 7 }, (_, n) => `NO-SUCH-LOT-${n}`);
    await startTrace(page, plant.url, ['GA26011704-A00-003', ...unknown].join('\n'));
    await waitForProof(page);
    const names = unknown.slice(0, 5).join(', ');
    await main()
      .getByText(filled(en.notFound.many, { count: '7', asked: '8', names, others: '2' }))
      .waitFor();
    expect(await proven().count()).toBe(1);
    expect(await lookAround(watched, 'not-found', 'piece')).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await speak(page, 'en');
    const show = page.getByRole('button', { name: en.notFound.showList });
    await show.press('Enter');
    const last = page.getByRole('region', { name: en.found.title }).getByText('NO-SUCH-LOT-6');
    expect(await last.evaluate((element) => document.activeElement?.contains(element))).toBe(true);
    await page.getByRole('button', { name: en.action.dismiss }).click();
    expect(await show.count()).toBe(0);
    // Another query tells it anew.
    await startTrace(page, undefined, 'GA26011704-A00-003\nNO-SUCH-LOT');
    await main()
      .getByText(filled(en.notFound.few, { count: '1', asked: '2', names: 'NO-SUCH-LOT' }))
      .waitFor();
  });

  it('is all there is to say where nothing was found, and where a stage failed its reason', async () => {
    await startTrace(page, plant.url, 'NO-SUCH-LOT');
    await page.getByText(en.end.noSeeds).waitFor();
    await page.getByText(en.lineage.empty.nothing_found).waitFor();
    await page.getByText(en.events.empty.nothing_found).waitFor();
    expect(await lookAround(watched, 'nothing-found', 'piece')).toEqual([]);
    await speak(page, 'en');
    await page.route('**/api/trace/lineage', (route) => route.abort());
    await startTrace(page, undefined, 'GA26011704-A00-003');
    await page.getByRole('alert').waitFor();
    await page.getByText(en.lineage.empty.failed).waitFor();
    await page.getByText(en.events.empty.failed).waitFor();
  });
});
