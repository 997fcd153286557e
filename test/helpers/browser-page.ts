import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from './browser.ts';

/** What the tests of a file look through; each file has its own, and another page for every test. */
export let browser: Browser;
export let watched: WatchedPage;
export let page: Page;

/**
 * Chromium for the tests of this file; each opens its page with `newPage`. The page is built here: before an edge is
 * started, which reads the headers of what was built once.
 */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(() => watched.close());
}

/** The same, with a watched page that is open when a test begins. */
export function usePage(options: BrowserContextOptions = {}): void {
  useBrowser();
  beforeEach(() => newPage(options));
}

export async function newPage(options: BrowserContextOptions = {}): Promise<void> {
  watched = await openPage(browser, options);
  page = watched.page;
}
