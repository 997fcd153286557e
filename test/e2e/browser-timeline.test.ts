import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultPage } from '#protocol/job.ts';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { lookAround } from '../helpers/browser-look-around.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
/** A lot of the sample with records, from which others were made. */
const SPLIT_LOT = 'GA26011704-A00-003';

interface LoadRecord {
  readonly CONTAINERID: string;
  readonly WORKCENTER_GROUP: string | null;
  readonly WORKCENTERNAME: string | null;
  readonly EQUIPMENTNAME: string;
  readonly SPECNAME: string | null;
  readonly TRACKOUTTIMESTAMP: string | null;
}

interface MaterialRecord {
  readonly CONTAINERID: string;
  readonly SPECNAME: string | null;
  readonly TXNDATE: string | null;
}

let plant: Plant;
usePage();
beforeAll(async () => {
  plant = await startPlant({ warehouseFile: await sampleFile(CONTAINERS) });
});
afterAll(() => plant?.stop());

async function readDomain<Row>(domain: string): Promise<Row[]> {
  const jobId = new URL(page.url()).searchParams.get('job') ?? '';
  const answer = await fetch(`${plant.url}/api/trace/job/${jobId}/result?domain=${domain}&limit=5000`);
  return ((await answer.json()) as ResultPage).data as Row[];
}

/** A sentence of the page with these figures in it. */
function say(sentence: string, figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures).reduce(
    (text, [name, value]) => text.replace(`{{ ${name} }}`, value.toLocaleString('en')),
    sentence,
  );
}

/** Texts of the axis that stand out of it at the right. */
async function cutTicks(): Promise<string[]> {
  return await page.locator('[data-tick]').evaluateAll((ticks) =>
    ticks
      .filter((tick) => tick.textContent !== '')
      .filter((tick) => tick.getBoundingClientRect().right > (tick.parentElement?.getBoundingClientRect().right ?? 0))
      .map((tick) => tick.textContent),
  );
}

const groupOf = (row: LoadRecord) => row.WORKCENTER_GROUP ?? row.WORKCENTERNAME ?? en.timeline.noGroup;

describe('the timeline', () => {
  it('has every load on its track, and says how many materials found their load', async () => {
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    await page.getByRole('tab', { name: en.timeline.tab }).click();
    const loads = await readDomain<LoadRecord>('history');
    const tracks = new Set(loads.map((row) => JSON.stringify([groupOf(row), row.CONTAINERID, row.EQUIPMENTNAME])));
    const figures = { tracks: tracks.size, bars: loads.length };
    await page.getByText(say(en.timeline.counts, figures), { exact: true }).waitFor();
    const places = new Set(loads.map((row) => JSON.stringify([row.CONTAINERID, row.SPECNAME ?? ''])));
    const materials = await readDomain<MaterialRecord>('materials');
    const matched = materials.filter(
      (row) => row.TXNDATE !== null && places.has(JSON.stringify([row.CONTAINERID, row.SPECNAME ?? ''])),
    ).length;
    expect(matched).toBeGreaterThan(0);
    await page.getByText(say(en.timeline.materials, { matched, unmatched: materials.length - matched })).waitFor();
    expect(await page.locator('[data-bar]').count()).toBeGreaterThan(3);
    expect(await lookAround(watched, 'timeline')).toEqual([]);
  });

  it('lists the marks that have no place in it', async () => {
    await startTrace(page, plant.url, 'GA26020039*');
    await waitForProof(page);
    await page.getByRole('tab', { name: en.timeline.tab }).click();
    const unmatched = /(\d+) not$/;
    await page.getByText(unmatched).first().waitFor();
    const figures = await page.getByText(unmatched).allTextContents();
    const expected = figures.reduce((sum, text) => sum + Number(unmatched.exec(text.trim())?.[1]), 0);
    expect(figures.length).toBe(2);
    expect(expected).toBeGreaterThan(0);
    await page.getByRole('button', { name: en.timeline.unplaced }).click();
    const listed = page.getByRole('region', { name: en.timeline.unplaced }).locator('tbody tr');
    await expect.poll(() => listed.count()).toBe(expected);
    expect(await lookAround(watched, 'timeline-unplaced', 'piece')).toEqual([]);
  });

  it('zooms and moves with keys, and points at what is beside the window', async () => {
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    await page.getByRole('tab', { name: en.timeline.tab }).click();
    const chart = page.getByRole('group', { name: /^Timeline/ });
    await chart.focus();
    await page.locator('[data-bar]').first().waitFor();
    expect(await page.locator('[data-beside]').count()).toBe(0);
    const all = await page.locator('[data-bar]').count();
    for (let step = 0; step < 12; step++) {
      expect(await cutTicks()).toEqual([]);
      await page.keyboard.press('+');
    }
    await expect.poll(() => page.locator('[data-bar]').count()).toBeLessThan(all);
    expect(await page.locator('[data-beside]').count()).toBeGreaterThan(0);
    const lot = chart.getByRole('button').first();
    await lot.click();
    await page.locator('[data-bar]').first().waitFor();
    const found = await page.locator('[data-tick]').allTextContents();
    await page.keyboard.press('ArrowRight');
    await chart.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('[data-tick]').allTextContents()).toEqual(found);
    await page.keyboard.press('0');
    await expect.poll(() => page.locator('[data-bar]').count()).toBe(all);
    await page.keyboard.press('End');
    await expect.poll(() => chart.evaluate((element) => element.scrollTop)).toBeGreaterThan(0);
  });

  it('that is opened before a load has come is drawn by itself when one does', async () => {
    const { promise: end, resolve: letEnd } = Promise.withResolvers<void>();
    const server = new DemoServer({ nodes: 60, records: 600, isRecorded: true, paceMs: 1500, beforeEnd: end });
    try {
      await startTrace(page, await server.start(), SPLIT_LOT);
      await page.getByRole('tab', { name: en.timeline.tab }).click();
      await page.getByText(say(en.timeline.counts, { tracks: 0, bars: 0 }), { exact: true }).waitFor();
      await page.getByText(en.timeline.empty).waitFor();
      await page.locator('[data-bar]').first().waitFor();
      expect(await page.getByText(en.timeline.empty).count()).toBe(0);
    } finally {
      letEnd();
      await server.stop();
    }
  });

  it('is a table as well, and shows only the lots that were chosen in the lineage', async () => {
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    await page.getByRole('tab', { name: en.timeline.tab }).click();
    await page.getByRole('button', { name: en.timeline.table, exact: true }).click();
    const rows = page.getByRole('region', { name: en.timeline.table }).locator('tbody tr');
    await rows.first().waitFor();
    const before = await page.getByText(/^Tracks: /).textContent();
    await page.getByRole('searchbox', { name: en.lineage.search }).fill(SPLIT_LOT);
    await page.getByRole('treeitem', { name: `${SPLIT_LOT},` }).click();
    await expect.poll(() => page.getByText(/^Tracks: /).textContent()).not.toBe(before);
    const loads = await readDomain<LoadRecord>('history');
    const shown = Number(/loads: ([\d,]+)/.exec((await page.getByText(/^Tracks: /).textContent()) ?? '')?.[1]);
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(loads.length);
    await expect.poll(() => rows.count()).toBe(shown);
    expect((await rows.allTextContents()).some((text) => text.includes(SPLIT_LOT))).toBe(true);
    const groups = new Set(loads.map(groupOf));
    expect(groups).not.toEqual(new Set(loads.map((row) => row.WORKCENTERNAME)));
    for (const text of await rows.locator('td:first-child').allTextContents()) expect(groups).toContain(text);
  });
});
