import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;
const PREFIX = '參考編號：';
/** The warehouse writes this lot with the prefix. */
const PREFIXED_LOT = 'GA26011704-A00-005';
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
    await expect.poll(() => page.getByRole('treeitem').count()).toBeGreaterThan(8);
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
    await page.getByRole('gridcell', { name: PREFIXED_LOT, exact: true }).first().waitFor();
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
    await page.getByRole('tab', { name: en.timeline.tab }).click();
    await page.getByText(PREFIXED_LOT).last().waitFor();
    expect(await page.locator('main').textContent()).not.toContain(PREFIX);
  });
});

describe('the labels of the timeline on a tablet', () => {
  it('show the ends of the names, in which lots differ', async () => {
    await page.setViewportSize({ width: 834, height: 1112 });
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
    await watched.shoot('timeline-names-en-834');
  });
});
