import type { BrowserContextOptions, CDPSession } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { newPage, page, useBrowser } from '../helpers/browser-page.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

const LOT = 'GA26011704-A00-003';
const TABLET: BrowserContextOptions = { viewport: { width: 768, height: 1024 }, hasTouch: true };

let server: DemoServer;
let url: string;
beforeEach(async () => {
  server = new DemoServer({ nodes: 10, records: 3000, paceMs: 0 });
  url = await server.start();
});
afterEach(() => server.stop());
// Behind the server: the page is closed before it.
useBrowser();

async function open(options: BrowserContextOptions = {}): Promise<void> {
  await newPage({ ...TABLET, ...options });
}

const tree = () => page.getByRole('tree', { name: en.lineage.tree });
const scrolled = () => page.evaluate(() => Math.round(window.scrollY));
const viewOfTree = () => tree().locator('> g').getAttribute('transform');
const resultsTop = () => page.locator('#results').evaluate((element) => element.getBoundingClientRect().top);

/** The middle of the tree, in the window. */
async function middle(): Promise<{ x: number; y: number }> {
  const box = await tree().boundingBox();
  if (box === null) throw new Error('there is no tree');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Puts a finger on the middle of the tree and moves it up. */
async function swipeUp(by: number): Promise<void> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  const { x, y } = await middle();
  const points = (up: number) => [{ x, y: y - up }];
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points(0) });
  for (let step = 1; step <= 10; step++)
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: points((by * step) / 10) });
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await cdp.detach();
}

describe('on a tablet', () => {
  it('the results come on screen when a trace is started', async () => {
    await open();
    await page.goto(url);
    expect(await resultsTop()).toBeGreaterThan(300);
    await startTrace(page, undefined, LOT);
    await waitForProof(page);
    await expect.poll(resultsTop).toBeLessThan(300);
    expect(await resultsTop()).toBeGreaterThan(-10);
  });

  it('they do so at once for those who want no motion', async () => {
    await open({ reducedMotion: 'reduce' });
    await startTrace(page, url, LOT);
    expect(await resultsTop()).toBeLessThan(300);
  });

  it('the wheel over the lineage moves the page, and with Ctrl it zooms', async () => {
    await open();
    await startTrace(page, url, LOT);
    await waitForProof(page);
    await tree().waitFor();
    await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
    const { x, y } = await middle();
    await page.mouse.move(x, Math.min(y, 1000));
    const before = await viewOfTree();
    await page.mouse.wheel(0, 100);
    await expect.poll(scrolled).toBeGreaterThan(50);
    expect(await viewOfTree()).toBe(before);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await expect.poll(viewOfTree).not.toBe(before);
  });

  it('a finger on a lineage of which nothing lies above or below moves the page', async () => {
    await open();
    await startTrace(page, url, LOT);
    await waitForProof(page);
    await expect.poll(() => tree().evaluate((element) => getComputedStyle(element).touchAction)).toBe('pan-y');
    await tree().scrollIntoViewIfNeeded();
    await page.evaluate(() => window.scrollTo({ top: 200, behavior: 'instant' }));
    const before = await scrolled();
    await swipeUp(150);
    await expect.poll(scrolled).toBeGreaterThan(before + 50);
  });

  it('a finger moves a larger lineage, and the page stays where it is', async () => {
    server.options = { ...server.options, nodes: 2000 };
    await open();
    await startTrace(page, url, LOT);
    await waitForProof(page);
    await page.getByRole('button', { name: en.lineage.expandAll }).click();
    await expect.poll(() => tree().evaluate((element) => getComputedStyle(element).touchAction)).toBe('none');
    await page.evaluate(() => window.scrollTo({ top: 200, behavior: 'instant' }));
    const [view, top] = [await viewOfTree(), await scrolled()];
    await swipeUp(100);
    await expect.poll(viewOfTree).not.toBe(view);
    expect(await scrolled()).toBe(top);
  });
});
