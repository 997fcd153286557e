import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { zhTw } from '../../web/src/i18n/zh-tw.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { accessFaults } from '../helpers/browser-axe.ts';
import { lookAgain } from '../helpers/browser-look-again.ts';
import { foreignTexts, lookAround, speak } from '../helpers/browser-look-around.ts';
import { waitForNoBridge } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const CONTAINERS = 6000;

let plant: Plant;
usePage();
beforeAll(async () => {
  const warehouseFile = await sampleFile(CONTAINERS);
  plant = await startPlant({ warehouseFile });
});
afterAll(() => plant?.stop());

describe('the page in both languages, lights and sizes', () => {
  it('is judged by rules that find what keeps people out', async () => {
    await page.goto(plant.url);
    await page.getByText(en.health.ok).waitFor();
    await page.evaluate(() =>
      document
        .querySelector('main')
        ?.insertAdjacentHTML('beforeend', '<button></button><button aria-label="Open">Close</button>'),
    );
    const rules = (await accessFaults(page)).map((fault) => fault.split(':')[0]);
    expect(new Set(rules)).toEqual(new Set(['button-name', 'label-content-name-mismatch']));
  });

  it('is judged by an eye for English that came from elsewhere', async () => {
    await page.goto(plant.url);
    await speak(page, 'zh-TW');
    await page.evaluate(() =>
      document
        .querySelector('main')
        ?.insertAdjacentHTML(
          'beforeend',
          '<p>只有 4 lots match the pattern 而已</p><p>詳細：<span lang="en">Most of them were left out.</span></p>',
        ),
    );
    expect(await foreignTexts(page, 'zh-TW')).toEqual(['只有 4 lots match the pattern 而已']);
  });

  it('is legible, whole and in one language before anything was asked', async () => {
    await page.goto(plant.url);
    await page.getByText(en.health.ok).waitFor();
    expect(await lookAround(watched, 'empty')).toEqual([]);
  });

  it('is legible, whole and in one language when everything is there', async () => {
    await startTrace(page, plant.url, 'GA26011704*\nGD26*\nNO-SUCH-LOT');
    await waitForProof(page);
    expect(await lookAround(watched, 'done')).toEqual([]);
  });

  it('is legible, whole and in one language while records arrive, and when the factory is gone', async () => {
    await page.clock.install();
    await startTrace(page, plant.url, 'GA26*');
    await page.getByRole('gridcell').first().waitFor();
    // The job waits for its bridge: the picture stands still.
    await plant.bridge.kill();
    try {
      await waitForNoBridge(plant.url);
      await lookAgain(page);
      await page.getByText(en.health.noBridge).waitFor();
      expect(await lookAround(watched, 'streaming')).toEqual([]);
      await startTrace(page, undefined, 'GA25010*');
      await page.getByRole('alert').waitFor();
      expect(await lookAround(watched, 'refused')).toEqual([]);
    } finally {
      await plant.startBridge();
    }
  });

  it('opens its lists in the language of the page', async () => {
    await page.goto(plant.url);
    await speak(page, 'zh-TW');
    await page.getByRole('button', { name: zhTw.health.ok }).click();
    await page.getByRole('dialog').waitFor();
    expect(await foreignTexts(page, 'zh-TW')).toEqual([]);
    await watched.shoot('health-zh-TW-light-1280');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: zhTw.query.lot_id }).click();
    await page.getByRole('listbox').waitFor();
    expect(await foreignTexts(page, 'zh-TW')).toEqual([]);
    await watched.shoot('list-zh-TW-light-1280');
  });
});

describe('what a person chose', () => {
  it('is remembered when the page is loaded again: the language and the light', async () => {
    await page.goto(plant.url);
    await speak(page, 'zh-TW');
    await page.getByRole('button', { name: zhTw.theme.dark }).click();
    const backdrop = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await backdrop();
    await page.reload();
    await page.getByRole('button', { name: zhTw.query.start }).waitFor();
    expect(await foreignTexts(page, 'zh-TW')).toEqual([]);
    expect(await backdrop()).toBe(dark);
    await page.getByRole('button', { name: zhTw.theme.light }).click();
    expect(await backdrop()).not.toBe(dark);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-TW');
    expect(await page.title()).toContain(zhTw.app.tagline);
  });
});
