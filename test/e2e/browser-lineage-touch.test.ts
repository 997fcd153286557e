import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CDPSession } from 'playwright-core';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { newPage, page, useBrowser, watched } from '../helpers/browser-page.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

const LOT = 'GA26011704-A00-003';
const STEPS = 10;
const TABLET = { viewport: { width: 834, height: 1112 }, hasTouch: true };

let server: DemoServer;
let url: string;
let devTools: CDPSession;
useBrowser();
beforeAll(async () => {
  server = new DemoServer({ nodes: 8, records: 60 });
  url = await server.start();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  await newPage(TABLET);
  devTools = await page.context().newCDPSession(page);
  await startTrace(page, url, LOT);
  await waitForProof(page);
  await page.getByRole('tree').scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: en.lineage.fit }).click();
  await page.waitForFunction(() => document.querySelector('[data-more]') === null);
});
afterEach(() => devTools?.detach());

/** Where the drawing is and how large: `translate(x y) scale(s)`. */
async function drawn(): Promise<{ x: number; y: number; scale: number }> {
  const text = (await page.getByRole('tree').locator('> g').getAttribute('transform')) ?? '';
  const [x = 0, y = 0, scale = 0] = (text.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  return { x, y, scale };
}

async function middle(): Promise<{ x: number; y: number }> {
  const box = await page.getByRole('tree').boundingBox();
  if (box === null) throw new Error('there is no drawing');
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}

interface Finger {
  readonly x: number;
  readonly y: number;
}

/** Puts fingers down one after the other, moves them together, and takes them away. */
async function touch(from: readonly Finger[], to: readonly Finger[]): Promise<void> {
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', fingers: readonly Finger[]) =>
    devTools.send('Input.dispatchTouchEvent', { type, touchPoints: fingers.map((finger, id) => ({ ...finger, id })) });
  for (let down = 1; down <= from.length; down++) await send('touchStart', from.slice(0, down));
  for (let step = 1; step <= STEPS; step++) {
    const on = (start: number, end = start): number => start + ((end - start) * step) / STEPS;
    await send(
      'touchMove',
      from.map((start, index) => ({ x: on(start.x, to[index]?.x), y: on(start.y, to[index]?.y) })),
    );
  }
  await send('touchEnd', []);
}

/** Two fingers side by side, from one distance to another. */
async function pinch(fromPx: number, toPx: number): Promise<void> {
  const { x, y } = await middle();
  const fingers = (apartPx: number): Finger[] => [-1, 1].map((side) => ({ x: x + (side * apartPx) / 2, y }));
  await touch(fingers(fromPx), fingers(toPx));
}

async function swipe(dx: number, dy: number): Promise<void> {
  const { x, y } = await middle();
  await touch([{ x, y }], [{ x: x + dx, y: y + dy }]);
}

/** How far down the drawing stands on the screen. */
async function topOfDrawing(): Promise<number> {
  return (await page.getByRole('tree').boundingBox())?.y ?? 0;
}

describe('the drawing under fingers', () => {
  it('is zoomed by two of them, and the page is not', async () => {
    const before = await drawn();
    await pinch(100, 200);
    const zoomed = await drawn();
    expect(zoomed.scale).toBeCloseTo(before.scale * 2, 1);
    await watched.shoot('lineage-pinched-en-834');
    await pinch(200, 100);
    expect((await drawn()).scale).toBeCloseTo(before.scale, 1);
    expect(await page.evaluate(() => window.visualViewport?.scale)).toBe(1);
    expect(await page.locator('[aria-selected=true][role=treeitem]').count()).toBe(0);
  });

  it('lets one of them scroll the page where all of it is in sight', async () => {
    const [before, top] = [await drawn(), await topOfDrawing()];
    await swipe(0, -120);
    await expect.poll(topOfDrawing).toBeLessThan(top - 50);
    expect(await drawn()).toEqual(before);
  });

  it('is dragged by one of them where there is more of it', async () => {
    await pinch(100, 250);
    await expect.poll(() => page.locator('[data-more]').count()).toBeGreaterThan(0);
    const [before, top] = [await drawn(), await topOfDrawing()];
    await swipe(-60, -40);
    const after = await drawn();
    expect(after.x).toBeLessThan(before.x - 20);
    expect(after.y).toBeLessThan(before.y - 10);
    expect(await topOfDrawing()).toBe(top);
  });

  it('leaves room in a low window for a finger that scrolls the page past it', async () => {
    const size = { width: 834, height: 300 };
    await pinch(100, 250);
    await page.setViewportSize(size);
    await expect.poll(() => page.locator('[data-more]').count()).toBeGreaterThan(0);
    await page.getByRole('tree').evaluate((tree) => tree.scrollIntoView({ block: 'start', behavior: 'instant' }));
    const box = await page.getByRole('tree').boundingBox();
    if (box === null) throw new Error('there is no drawing');
    expect([Math.round(box.y), box.height < size.height / 2]).toEqual([0, true]);
    // Under it, and not yet in the rows, which fingers scroll by themselves.
    const [x, y] = [box.x + box.width / 2, box.height + 24];
    await touch([{ x, y }], [{ x, y: y - 100 }]);
    await expect.poll(topOfDrawing).toBeLessThan(-50);
  });

  it('is not squeezed in a low window that is wide: the page scrolls', async () => {
    await page.setViewportSize({ width: 1112, height: 450 });
    const drawn = async () => (await page.getByRole('tree').boundingBox())?.height ?? 0;
    await expect.poll(drawn).toBeGreaterThan(80);
    await page.getByRole('grid').evaluate((grid) => grid.scrollIntoView({ block: 'end', behavior: 'instant' }));
    const grid = await page.getByRole('grid').boundingBox();
    expect(grid?.height).toBeGreaterThan(80);
    expect((grid?.y ?? 0) + (grid?.height ?? 0)).toBeLessThanOrEqual(450);
  });
});
