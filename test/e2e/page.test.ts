import { createHash } from 'node:crypto';
import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWeb } from '../../src/local/build.ts';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { SECURITY_HEADERS } from '../../src/routes/http/security-headers.ts';
import { findChromium } from '../helpers/chromium.ts';
import { submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';

const CONTAINERS = 12_000;
const BUILD_TIMEOUT_MS = 120_000;
const SCREENS = path.join(PROJECT_DIR, 'test/.out/screens');
/** Chromium's own calls home would be refused one by one here, and take the time of the tests. */
const CHROMIUM_FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

let plant: Plant;
let file: string;
let browser: Browser;
let page: Page;
/** What the page complained about: errors, and violations of its content security policy. */
let complaints: string[];

beforeAll(async () => {
  await buildWeb(AbortSignal.timeout(BUILD_TIMEOUT_MS));
  await mkdir(SCREENS, { recursive: true });
  file = await sampleFile(CONTAINERS);
  plant = await startPlant({ warehouseFile: file });
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error('there is no Chromium');
  browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS.split(' ') });
});
afterAll(async () => {
  await browser?.close();
  await plant?.stop();
});
beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
});

const shoot = (name: string) => page.screenshot({ path: path.join(SCREENS, `${name}.png`) });

async function trace(values: string): Promise<void> {
  await page.goto(plant.url);
  await page.locator('textarea').fill(values);
  await page.getByRole('button', { name: 'Start trace' }).click();
}

const waitForProof = () => page.getByText('Complete', { exact: true }).first().waitFor({ timeout: 60_000 });

describe('the trace page', () => {
  it('goes from typed lots over their lineage to every event, and proves that it has them all', async () => {
    await page.goto(plant.url);
    await page.locator('textarea').waitFor();
    await shoot('empty-en-light');
    await trace('GA26011704*, NO-SUCH-LOT');
    await page.getByRole('tree').waitFor();
    await page.getByText('NO-SUCH-LOT').first().waitFor();
    await waitForProof();
    await shoot('done-en-light');
    const grid = page.getByRole('grid');
    const shown = Number(await grid.getAttribute('aria-rowcount')) - 1;
    const jobId = new URL(page.url()).searchParams.get('job') ?? '';
    const { domains } = await waitForJob(plant.url, jobId, (status) => status.state === 'succeeded');
    expect(shown).toBe(domains.history?.records);
    await grid.focus();
    await page.keyboard.press('Control+End');
    await page.locator(`[role=row][aria-rowindex="${shown + 1}"]`).waitFor();
    expect(complaints).toEqual([]);
  });

  it('speaks Traditional Chinese, and remembers it', async () => {
    await page.goto(plant.url);
    await page
      .getByRole('button', { name: '繁體中文' })
      .or(page.getByText('中文', { exact: true }))
      .first()
      .click();
    await page.waitForFunction(() => document.documentElement.lang === 'zh-TW');
    await page.reload();
    await page.waitForFunction(() => document.documentElement.lang === 'zh-TW');
    await page.getByText('批次解析').first().waitFor();
    await page.getByText('血緣追溯').first().waitFor();
    await page.getByText('事件查詢').first().waitFor();
    await shoot('empty-zh-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 768, height: 1024 });
    await shoot('empty-zh-dark-tablet');
    expect(complaints).toEqual([]);
  });

  it('opens a shared job, goes on by itself when the edge dies under it, and proves the whole', async () => {
    const ids = await sampleIds(file, CONTAINERS);
    const jobId = await submitEvents(plant.url, { container_ids: ids, domains: ['history', 'materials', 'rejects'] });
    await page.goto(`${plant.url}/?job=${jobId}`);
    await page.getByRole('grid').waitFor();
    await plant.edge.crash();
    await waitForProof();
    await shoot('resumed-en-light');
    const { domains } = await waitForJob(plant.url, jobId, (status) => status.state === 'succeeded');
    expect(Number(await page.getByRole('grid').getAttribute('aria-rowcount')) - 1).toBe(domains.history?.records);
    expect(complaints).toEqual([]);
  });

  it('says what to do when a job is not known, and when no bridge is there', async () => {
    await page.goto(`${plant.url}/?job=${'0'.repeat(64)}`);
    await page.getByRole('alert').waitFor();
    await shoot('unknown-job-en-light');
    await plant.bridge.stop();
    try {
      await trace('GA26011704-A00');
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').innerText()).toMatch(/bridge/i);
    } finally {
      await plant.startBridge();
    }
    expect(complaints).toEqual([]);
  });
});

describe('what Chromium is given', () => {
  it('reads the stitched gzip stream to the same bytes as identity', async () => {
    const jobId = await submitEvents(plant.url, { container_ids: await sampleIds(file, 3000), domains: ['history'] });
    await waitForJob(plant.url, jobId, (status) => status.state === 'succeeded');
    const address = `/api/trace/job/${jobId}/stream`;
    const plain = await request(plant.url + address, { headers: { 'accept-encoding': 'identity' } });
    const expected = createHash('sha256')
      .update(Buffer.from(await plain.body.arrayBuffer()))
      .digest('hex');
    await page.goto(plant.url);
    const digest = await page.evaluate(async (url) => {
      const response = await fetch(url);
      const hash = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
      return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
    }, address);
    expect(digest).toBe(expected);
  });

  it('has the same security headers on static assets as on answers of the Worker', async () => {
    const html = await fetch(plant.url);
    const script = /src="([^"]+\.js)"/.exec(await html.text())?.[1] ?? '';
    const asset = await fetch(plant.url + script);
    for (const response of [html, asset, await fetch(`${plant.url}/api/healthz`)]) {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(response.headers.get(name)).toBe(value);
    }
    expect(asset.headers.get('cache-control')).toContain('immutable');
  });
});
