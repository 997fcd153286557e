import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { zhTw } from '../../web/src/i18n/zh-tw.ts';
import { waitForProof } from '../helpers/browser.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { gridRecords } from '../helpers/browser-grid.ts';
import { clippedTexts, faintTexts, textsOf } from '../helpers/browser-look.ts';
import { sentencesOf } from '../helpers/browser-sentences.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { askWarehouse, sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
const FIRST_DAY = '2026-01-19';
const LAST_DAY = '2026-01-20';

let plant: Plant;
let file: string;
usePage();
beforeAll(async () => {
  file = await sampleFile(CONTAINERS);
  plant = await startPlant({ warehouseFile: file });
});
afterAll(() => plant?.stop());

/** Opens a list with the keyboard and chooses its first or last option, as a person without a mouse does. */
async function choose(list: string, place: 'Home' | 'End', option: string): Promise<void> {
  await page.getByRole('button', { name: list }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: option }).waitFor();
  await page.keyboard.press(place);
  await page.keyboard.press('Enter');
  await page.getByRole('listbox').waitFor({ state: 'detached' });
}

async function openDays(): Promise<void> {
  await page.goto(plant.url);
  await page.getByRole('tab', { name: en.query.tab.query_tool }).focus();
  await page.keyboard.press('End');
  await choose(en.query.mode, 'End', en.query.date_range);
}

const startButton = () => page.getByRole('button', { name: en.query.start });

describe('a trace by days and stations', () => {
  it('is asked for with keys alone, shows what was found, and is the same when its address is opened', async () => {
    await openDays();
    await page.getByLabel(en.query.startDate).fill(FIRST_DAY);
    await page.getByLabel(en.query.endDate).fill(LAST_DAY);
    await page.getByText(en.query.noGroup).waitFor();
    expect(await startButton().isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: '成型', exact: true }).focus();
    await page.keyboard.press('Space');
    await choose(en.query.direction, 'Home', en.query.forward);
    await page.getByRole('checkbox', { name: en.query.followMerges }).focus();
    await page.keyboard.press('Space');
    expect(await page.getByRole('checkbox', { name: en.domain.downstream_rejects }).isChecked()).toBe(true);
    await page.keyboard.press('Control+Enter');
    await waitForProof(page);

    const [{ lots } = { lots: 0 }] = await askWarehouse(
      file,
      `select count(distinct CONTAINERID)::integer as lots from DWH.DW_MES_LOTWIPHISTORY
       where TRACKINTIMESTAMP >= '${FIRST_DAY}' and TRACKINTIMESTAMP < date '${LAST_DAY}' + 1
         and WORKCENTERNAME like '%成型%'`,
    );
    expect(lots).toBeGreaterThan(0);
    const found = page.getByRole('region', { name: en.found.title });
    await found.getByText(en.found.groups).waitFor();
    expect(await found.getByRole('listitem').textContent()).toBe(
      `成型${new Intl.NumberFormat('en').format(Number(lots))}`,
    );
    const address = new URL(page.url());
    expect(
      Object.fromEntries([...address.searchParams].filter(([name]) => !['job', 'lineage'].includes(name))),
    ).toEqual({
      mode: 'date_range',
      from: FIRST_DAY,
      to: LAST_DAY,
      groups: '成型',
      profile: 'mid_section_defect',
      direction: 'forward',
      merges: '1',
    });

    const records = await gridRecords(page);
    await page.reload();
    await waitForProof(page);
    expect(await gridRecords(page)).toBe(records);
    expect(await page.getByLabel(en.query.startDate).inputValue()).toBe(FIRST_DAY);
    expect(await page.getByRole('checkbox', { name: '成型', exact: true }).isChecked()).toBe(true);
    expect(await page.getByRole('checkbox', { name: en.query.followMerges }).isChecked()).toBe(true);
    await page.getByRole('button', { name: en.query.direction }).getByText(en.query.forward).waitFor();
  });

  it('says what is wrong with its days, in the language of the page, and cannot be started so', async () => {
    await openDays();
    await page.getByRole('checkbox', { name: '測試', exact: true }).check();
    expect(await startButton().isEnabled()).toBe(true);
    const fill = async (first: string, last: string) => {
      await page.getByLabel(en.query.startDate).fill(first);
      await page.getByLabel(en.query.endDate).fill(last);
    };
    const wrongDays = [
      [LAST_DAY, FIRST_DAY, en.query.reversedDays],
      ['2024-01-01', '2025-12-31', en.query.tooManyDays.replace('{{ limit }}', '730').replace('{{ count }}', '731')],
      ['', LAST_DAY, en.query.wrongDay],
    ] as const;
    for (const [first, last, sentence] of wrongDays) {
      await fill(first, last);
      await page.getByText(sentence).waitFor();
      expect(await startButton().isDisabled()).toBe(true);
    }
    await page.getByRole('button', { name: en.language.zhTw }).click();
    await page.getByText(zhTw.query.wrongDay).waitFor();
    const [isOwn, isOther] = [sentencesOf(zhTw), sentencesOf(en)];
    expect((await textsOf(page)).filter((text) => isOther(text) && !isOwn(text))).toEqual([]);
    for (const size of [
      { width: 1280, height: 800 },
      { width: 768, height: 1024 },
    ]) {
      await page.setViewportSize(size);
      expect(await clippedTexts(page)).toEqual([]);
      await watched.shoot(`days-zh-TW-${size.width}`);
    }
    expect(await faintTexts(page, 4.5)).toEqual([]);
  });

  it('says that the station groups cannot be read, and reads them when asked again', async () => {
    const refuse = `${plant.url}/api/query-tool/workcenter-groups`;
    await page.route(refuse, (route) => route.abort());
    await openDays();
    await page.getByRole('alert').getByText(en.query.groupsFailed).waitFor();
    await page.unroute(refuse);
    await page.getByRole('button', { name: en.progress.retryNow }).click();
    await page.getByRole('checkbox', { name: '成型', exact: true }).waitFor();
    expect(await page.getByRole('group', { name: en.query.groups }).getByRole('checkbox').count()).toBe(12);
  });

  it('says so when no lot was there', async () => {
    await openDays();
    await page.getByLabel(en.query.startDate).fill('2001-01-01');
    await page.getByLabel(en.query.endDate).fill('2001-01-02');
    await page.getByRole('checkbox', { name: '成型', exact: true }).check();
    await startButton().click();
    await page.getByText(en.end.noLots).waitFor();
    expect(await page.getByRole('grid').count()).toBe(0);
  });
});
