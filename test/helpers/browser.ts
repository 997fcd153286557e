import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { buildWeb } from '../../src/local/build.ts';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { en } from '../../web/src/i18n/en.ts';
import { findChromium } from './chromium.ts';

const BUILD_TIMEOUT_MS = 120_000;
const PROOF_TIMEOUT_MS = 60_000;
const SCREENS_DIR = path.join(PROJECT_DIR, 'test/.out/screens');
/**
 * Beside every page Chromium loads two pages of its own for its address bar, 400 scripts: two thirds of the work of a
 * page of the tests. Nobody sees them here.
 */
const ADDRESS_BAR_FEATURES = ['WebUIOmniboxAimPopup', 'WebUIOmniboxPopup'];
/** What Playwright switches off on Linux: of two such lists Chromium takes the last one alone, which is ours. */
const PLAYWRIGHT_FEATURES = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];
/** Chromium's own calls home would be refused one by one here, and take the time of the tests. */
const CHROMIUM_ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${[...PLAYWRIGHT_FEATURES, ...ADDRESS_BAR_FEATURES].join(',')}`,
];

/** Chromium, and the web application built for the plants that are started afterwards. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch(await prepareLaunch());
}

async function prepareLaunch(): Promise<{ executablePath: string; args: string[] }> {
  await buildWeb(AbortSignal.timeout(BUILD_TIMEOUT_MS));
  await mkdir(SCREENS_DIR, { recursive: true });
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error('there is no Chromium');
  return { executablePath, args: CHROMIUM_ARGS };
}

/** A page that is watched for uncaught errors, errors on the console, violations of the content security policy. */
export interface WatchedPage {
  readonly page: Page;
  /** A picture of what is shown, in `test/.out/screens`. */
  shoot(name: string): Promise<void>;
  /** @throws Error with everything the page complained about. */
  close(): Promise<void>;
}

/** Answers of the edge that refuse are shown by the page; that Chromium mentions them too is no fault. */
const REFUSED_REQUEST = /^Failed to load resource: /;

const CONTEXT: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, locale: 'en-GB' };

/** Without a graphics card each frame of an animation takes the time that tests need. */
const STILL: BrowserContextOptions = { reducedMotion: 'reduce' };

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ ...CONTEXT, ...STILL, ...options });
  return await watch(context, await context.newPage());
}

/**
 * A page in a browser of its own that keeps files on disk and shows scroll bars, as people's browsers do. Those of
 * `openPage` keep files in memory, and Playwright hides their scroll bars.
 */
export async function openOwnBrowser(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const profileDir = await mkdtemp(path.join(tmpdir(), 'lotstream-profile-'));
  const context = await chromium.launchPersistentContext(profileDir, {
    ...(await prepareLaunch()),
    ignoreDefaultArgs: ['--hide-scrollbars'],
    ...CONTEXT,
    ...options,
  });
  const watched = await watch(context, await context.newPage());
  return {
    ...watched,
    async close() {
      try {
        await watched.close();
      } finally {
        await rm(profileDir, { recursive: true, force: true });
      }
    },
  };
}

async function watch(context: BrowserContext, page: Page): Promise<WatchedPage> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if ((message.type() === 'error' && !REFUSED_REQUEST.test(text)) || text.startsWith('violation: '))
      complaints.push(text);
  });
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      console.info(`violation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    ),
  );
  return {
    page,
    async shoot(name) {
      await page.screenshot({ path: path.join(SCREENS_DIR, `${name}.png`) });
    },
    async close() {
      await context.close();
      if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join('\n')}`);
    },
  };
}

/** Types these values and starts the trace; on the page that is open if there is no `url`. */
export async function startTrace(page: Page, url: string | undefined, values: string): Promise<void> {
  if (url !== undefined) await page.goto(url);
  await page.locator('textarea').fill(values);
  await page.locator('button[type=submit]').click();
}

/** Waits until the page has everything and has proven it by its digest; the query may have been cut before. */
export async function waitForProof(page: Page, timeout = PROOF_TIMEOUT_MS): Promise<void> {
  const marks = [en.end.proven, en.end.provenCut].map((mark) => page.getByText(mark, { exact: true }));
  await marks.reduce((either, mark) => either.or(mark)).waitFor({ timeout });
}
