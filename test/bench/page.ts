import type { Browser, Page } from 'playwright-core';
import { gridRecords, goToRow } from '../helpers/browser-grid.ts';
import { traceTasks } from '../helpers/browser-tasks.ts';
import { openPage, startBrowser, startTrace, waitForProof } from '../helpers/browser.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

/** What a result of a million records of one kind costs the page, in one browser and one run. */
export interface PageFigures {
  readonly records: number;
  readonly stream_mb: number;
  /** From the first line of records given to the socket to the first row in the document: the server's own work included. */
  readonly first_row_ms: number;
  /** Thread time of the main thread's longest tasks while the stream is read, longest first. */
  readonly longest_tasks_ms: readonly number[];
  readonly tasks_over_50_ms: number;
  /** From a key in the grid to the next frame, while the stream is read. */
  readonly p95_key_ms: number;
  /** Heap of the main thread after a collection: before the query, with the whole result, and on another page. */
  readonly heap_mb: { readonly before: number; readonly whole: number; readonly left: number };
  /** By the pixel ratio of the screen. */
  readonly scrolling: Readonly<Record<string, ScrollFigures>>;
}

export interface ScrollFigures {
  /** Frames a second of the grid over those of an empty page that is scrolled alike. */
  readonly ratio_to_empty: number;
  readonly frames_per_second: number;
  readonly p95_frame_ms: number;
}

const RECORDS = 1_000_000;
/** `history` has this share of the records of the demonstration. */
const HISTORY_SHARE = 0.62;
const PACE_MS = 20;
/** A million records are read in less, on a machine that does nothing else. */
const PROOF_TIMEOUT_MS = 180_000;
const SHOWN_TASKS = 5;
const MAX_TASK_MS = 50;
const KEY_INTERVAL_MS = 100;
const SCROLL_MS = 4000;
const WHEEL_PX = 240;
const PIXEL_RATIOS = [1, 2];
const LOT = 'GA26010001-A00-001';

interface NotingWindow extends Window {
  firstRowAtMs?: number;
  keyMs?: number[];
}

export async function measurePage(): Promise<PageFigures> {
  const server = new DemoServer({ records: Math.round(RECORDS / HISTORY_SHARE), paceMs: PACE_MS });
  const url = await server.start();
  const browser = await startBrowser();
  try {
    const stream = await measureStream(browser, server, url);
    const scrolling: Record<string, ScrollFigures> = {};
    for (const ratio of PIXEL_RATIOS) scrolling[String(ratio)] = await measureScrolling(browser, url, ratio);
    const figures = { records: RECORDS, ...stream, scrolling };
    process.stderr.write(`page: ${JSON.stringify(figures)}\n`);
    return figures;
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function measureStream(
  browser: Browser,
  server: DemoServer,
  url: string,
): Promise<Omit<PageFigures, 'records' | 'scrolling'>> {
  const watched = await openPage(browser);
  const { page } = watched;
  await openQuery(page, url);
  const before = await heapMb(page);
  await page.evaluate(noteFirstRow);
  const taskMs = await traceTasks(page, async () => {
    await startTrace(page, undefined, LOT);
    await page.getByRole('gridcell').first().waitFor();
    await page.getByRole('grid').focus();
    await page.evaluate(noteKeys);
    await until(waitForProof(page, PROOF_TIMEOUT_MS), async () => {
      await page.keyboard.press('PageDown');
      await page.waitForTimeout(KEY_INTERVAL_MS);
    });
  });
  const tasks = taskMs.map((ms) => Math.round(ms * 10) / 10).toSorted((one, other) => other - one);
  const { firstRowAtMs = Number.NaN, keyMs = [] } = await page.evaluate(() => {
    const { firstRowAtMs: at, keyMs: keys } = window as NotingWindow;
    return { firstRowAtMs: at, keyMs: keys };
  });
  if ((await gridRecords(page)) !== RECORDS) throw new Error('the grid has not every record');
  const whole = await heapMb(page);
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByRole('grid').waitFor({ state: 'detached' });
  const left = await heapMb(page);
  await watched.close();
  return {
    stream_mb: Math.round(server.bytesSent / 1e6),
    first_row_ms: Math.round(firstRowAtMs - (server.firstRecordsAtMs ?? Number.NaN)),
    longest_tasks_ms: tasks.slice(0, SHOWN_TASKS),
    tasks_over_50_ms: tasks.filter((ms) => ms > MAX_TASK_MS).length,
    p95_key_ms: Math.round(quantile(keyMs, 0.95)),
    heap_mb: { before, whole, left },
  };
}

async function measureScrolling(browser: Browser, url: string, deviceScaleFactor: number): Promise<ScrollFigures> {
  const watched = await openPage(browser, { deviceScaleFactor });
  const { page } = watched;
  await page.setContent('<body style="margin:0"><div id="tall" style="height:15000000px"></div></body>');
  const empty = await framesWhileScrolling(page);
  await openQuery(page, url);
  await startTrace(page, undefined, LOT);
  await waitForProof(page, PROOF_TIMEOUT_MS);
  await goToRow(page, 'Control+End', RECORDS - 1);
  await goToRow(page, 'Control+Home', 0);
  await page.getByRole('grid').hover();
  const grid = await framesWhileScrolling(page);
  await watched.close();
  const perSecond = (frames: readonly number[]): number => (frames.length * 1000) / frames.reduce((a, b) => a + b, 0);
  return {
    ratio_to_empty: Math.round((100 * perSecond(grid)) / perSecond(empty)) / 100,
    frames_per_second: Math.round(perSecond(grid)),
    p95_frame_ms: Math.round(quantile(grid, 0.95) * 10) / 10,
  };
}

/** The page with only the kind of events that is measured chosen. */
async function openQuery(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/?type=lot&q=${LOT}&profile=query_tool&domains=history`);
  await page.locator('textarea').waitFor();
}

/** Milliseconds between frames while the wheel turns. */
async function framesWhileScrolling(page: Page): Promise<number[]> {
  const frames = page.evaluate(
    (forMs) =>
      new Promise<number[]>((resolve) => {
        const gaps: number[] = [];
        let last = performance.now();
        const end = last + forMs;
        const onFrame = (now: number): void => {
          gaps.push(now - last);
          last = now;
          if (now < end) requestAnimationFrame(onFrame);
          else resolve(gaps.slice(1));
        };
        requestAnimationFrame(onFrame);
      }),
    SCROLL_MS,
  );
  await until(frames, () => page.mouse.wheel(0, WHEEL_PX));
  return await frames;
}

/** Does something over and over until `end` has settled. */
async function until(end: Promise<unknown>, doOnce: () => Promise<void>): Promise<void> {
  const over = new AbortController();
  const settled = end.finally(() => over.abort());
  while (!over.signal.aborted) await doOnce();
  await settled;
}

function noteFirstRow(): void {
  const observer = new MutationObserver(() => {
    if (document.querySelector('[role=gridcell]') === null) return;
    observer.disconnect();
    (window as NotingWindow).firstRowAtMs = Date.now();
  });
  observer.observe(document, { subtree: true, childList: true });
}

function noteKeys(): void {
  const noted: number[] = ((window as NotingWindow).keyMs = []);
  document.addEventListener(
    'keydown',
    ({ timeStamp }) => requestAnimationFrame(() => noted.push(performance.now() - timeStamp)),
    { capture: true },
  );
}

async function heapMb(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  await devtools.detach();
  return Math.round(usedSize / 1e5) / 10;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
