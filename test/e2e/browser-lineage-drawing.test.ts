import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { lookAround } from '../helpers/browser-look-around.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

const CONTAINERS = 6000;
const PREFIX = '參考編號：';
/** The warehouse writes this lot with the prefix. */
const PREFIXED_LOT = 'GA26011704-A00-005';
/** A material lot that the warehouse writes with it went into this lot. */
const [HUB, PREFIXED_MATERIAL] = ['GA26011704-A00-003', 'WI-0001-02'];
/** As long as names of lots usually get. */
const LONG_NAME = /^G[ADC]\d{8}-A\d\d-\d{3}-\d\d[A-Z]$/;

let plant: Plant;
usePage();
beforeAll(async () => {
  plant = await startPlant({ warehouseFile: await sampleFile(CONTAINERS) });
});
afterAll(() => plant?.stop());

const treeText = (name: string) => page.getByRole('tree').locator('text', { hasText: name });

describe('names of lots', () => {
  it('stand whole in their boxes, and no text leaves its box', async () => {
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    await page.getByRole('button', { name: en.lineage.expandAll }).click();
    await expect.poll(() => page.getByRole('treeitem').count()).toBeGreaterThan(5);
    const boxes = await page.getByRole('treeitem').evaluateAll((items) =>
      items.map((item) => {
        const label = [...item.children].find((child) => child.tagName === 'text');
        const knobs = [...item.querySelectorAll('[data-knob]')].map((knob) => knob.getBoundingClientRect().left);
        const right = item.querySelector('rect')?.getBoundingClientRect().right ?? 0;
        return {
          name: item.getAttribute('aria-label')?.split(',')[0] ?? '',
          label: label?.textContent,
          isInside: (label?.getBoundingClientRect().right ?? 0) <= Math.max(right, ...knobs),
        };
      }),
    );
    expect(boxes.some(({ name }) => LONG_NAME.test(name))).toBe(true);
    for (const { name, label, isInside } of boxes) expect([name, label, isInside]).toEqual([name, name, true]);
    await watched.shoot('lineage-names-en-light');
  });

  it('are shown without the prefix that is no part of them, and found with it', async () => {
    await startTrace(page, plant.url, PREFIX + PREFIXED_LOT);
    await waitForProof(page);
    await treeText(PREFIXED_LOT).waitFor();
    const search = page.getByRole('searchbox', { name: en.lineage.search });
    await search.fill(PREFIX + PREFIXED_LOT);
    await page.getByText('1 / 1', { exact: true }).waitFor();
    await search.fill('');
    expect(await page.locator('main').textContent()).not.toContain(PREFIX);
    await page.getByRole('button', { name: en.lineage.relations, exact: true }).click();
    await page
      .getByRole('grid', { name: en.lineage.relations })
      .getByRole('button', { name: PREFIXED_LOT, exact: true })
      .first()
      .waitFor();
  });

  it('are shown without it in the events as well', async () => {
    // Wide enough for every column.
    await page.setViewportSize({ width: 3000, height: 900 });
    await startTrace(page, plant.url, HUB);
    await waitForProof(page);
    await page.getByRole('tab', { name: en.domain.materials }).click();
    await page.getByRole('gridcell', { name: PREFIXED_MATERIAL, exact: true }).first().waitFor();
    expect(await page.locator('main').textContent()).not.toContain(PREFIX);
  });
});

describe('the drawing', () => {
  /** A lot that was split into no other and came from none. */
  const LONELY_LOT = 'GA26021718-A00-003';
  /** Runs into a loop of two lots. */
  const LOOP_LOT = 'GA26021708-A00-005';

  /** How far each node is within the drawing on screen, at its nearest side. */
  async function roomAround(): Promise<number[]> {
    const screen = await page.getByRole('tree').boundingBox();
    if (screen === null) throw new Error('there is no drawing');
    return await page.getByRole('treeitem').evaluateAll(
      (items, frame) =>
        items.map((item) => {
          const { left, right, top, bottom } = item.querySelector('rect')?.getBoundingClientRect() ?? new DOMRect();
          return Math.min(
            left - frame.x,
            top - frame.y,
            frame.x + frame.width - right,
            frame.y + frame.height - bottom,
          );
        }),
      screen,
    );
  }

  it('has every node on the screen when it is fitted, and else says how many are not', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    await page.getByRole('button', { name: en.lineage.fit }).click();
    await expect.poll(() => page.locator('[data-more]').count()).toBe(0);
    const room = await roomAround();
    const [, total] = /of (\d+) shown$/.exec((await page.getByText(/of \d+ shown$/).textContent()) ?? '') ?? [];
    expect(room).toHaveLength(Number(total));
    expect(Math.min(...room)).toBeGreaterThanOrEqual(0);
    expect(await page.getByText(/^Outside the view/).count()).toBe(0);
    await watched.shoot('lineage-fitted-en-1440');
    for (let step = 0; step < 6; step++) await page.getByRole('button', { name: en.lineage.zoomIn }).click();
    const told = await page.getByText(/^Outside the view: \d+$/).textContent();
    const inside = (await roomAround()).filter((each) => each >= 0).length;
    expect(Number(/\d+$/.exec(told ?? '')?.[0])).toBe(Number(total) - inside);
    await watched.shoot('lineage-zoomed-en-1440');
  });

  it('of a single node has it in the middle', async () => {
    await startTrace(page, plant.url, LONELY_LOT);
    await waitForProof(page);
    await expect.poll(() => page.getByRole('treeitem').count()).toBe(1);
    const screen = await page.getByRole('tree').boundingBox();
    const box = await page.getByRole('treeitem').locator('rect').first().boundingBox();
    if (screen === null || box === null) throw new Error('there is no drawing');
    await watched.shoot('lineage-lonely-en-light');
    expect(Math.abs(box.x + box.width / 2 - screen.x - screen.width / 2)).toBeLessThan(2);
    expect(Math.abs(box.y + box.height / 2 - screen.y - screen.height / 2)).toBeLessThan(2);
  });

  it('marks what was asked for, and says so in its legend', async () => {
    await startTrace(page, plant.url, LOOP_LOT);
    await waitForProof(page);
    await page.getByRole('treeitem').first().waitFor();
    const marked = await page
      .locator('[data-seed]')
      .evaluateAll((marks) =>
        marks.map((mark) => mark.closest('[role=treeitem]')?.getAttribute('aria-label')?.split(',')[0]),
      );
    expect(marked).toEqual([LOOP_LOT]);
    await page.getByRole('list', { name: en.lineage.legend }).getByText(en.lineage.seedMark).waitFor();
    expect(await page.locator('[data-knob]').filter({ hasText: 'was made of' }).count()).toBe(0);
    await watched.shoot('lineage-loop-en-light');
    await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
    await watched.shoot('lineage-loop-en-forced');
  });
});

describe('a lineage that is too large to be drawn', () => {
  const NODES = 21_000;
  let server: DemoServer;
  beforeAll(() => {
    server = new DemoServer({ nodes: NODES, records: 600 });
  });
  afterAll(() => server?.stop());

  it('takes a line, says what can be done, and leaves the room to the events', async () => {
    await startTrace(page, await server.start(), HUB);
    await waitForProof(page);
    const line = page.getByText(/containers are too many to draw/);
    expect(await line.textContent()).toContain('query fewer lots');
    const panel = await page.getByRole('region', { name: en.lineage.title }).boundingBox();
    const events = await page.getByRole('region', { name: en.events.title }).boundingBox();
    expect(panel?.height).toBeLessThan(60);
    expect(events?.height).toBeGreaterThan(500);
    expect((events?.y ?? 0) - (panel?.y ?? 0) - (panel?.height ?? 0)).toBeGreaterThan(0);
    expect(await page.getByRole('separator', { name: en.lineage.title }).count()).toBe(0);
    expect(await lookAround(watched, 'lineage-too-large', 'piece')).toEqual([]);
  });
});

describe('the labels of the timeline on a tablet', () => {
  it('show the ends of the names, in which lots differ', async () => {
    await page.setViewportSize({ width: 768, height: 1024 });
    await startTrace(page, plant.url, 'GA26011704*');
    await waitForProof(page);
    await page.getByRole('tab', { name: en.timeline.tab }).click();
    await page.locator('[data-bar]').first().waitFor();
    const ends = await page.locator('[data-lot-end]').evaluateAll((parts) =>
      parts.map((part) => {
        const column = part.closest('[data-track-label]')?.getBoundingClientRect();
        const { left, right } = part.getBoundingClientRect();
        return {
          text: part.textContent,
          isWhole: column !== undefined && left >= column.left && right <= column.right,
        };
      }),
    );
    expect(ends.length).toBeGreaterThan(3);
    expect(ends.filter(({ isWhole }) => !isWhole)).toEqual([]);
    await page.locator('[data-track-label]').last().scrollIntoViewIfNeeded();
    await watched.shoot('timeline-names-en-768');
  });
});
