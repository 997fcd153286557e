import type { Page } from 'playwright-core';
import { gridRecords, goToRow, waitForRow } from '../helpers/browser-grid.ts';
import type { FirstRow } from '../helpers/browser-first-row.ts';
import { noteFirstRow, readFirstRow, watchFirstRecords } from '../helpers/browser-first-row.ts';
import type { Heap } from '../helpers/browser-heap.ts';
import { measureHeap } from '../helpers/browser-heap.ts';
import { traceTasks } from '../helpers/browser-tasks.ts';
import { openOwnBrowser, startTrace, waitForProof } from '../helpers/browser.ts';
import { startRecordedDemo } from '../helpers/demo-process.ts';

/** What a result of a million records of one kind costs the page, in one browser and one run. */
export interface PageFigures {
  readonly records: number;
  readonly stream: StreamFigures;
  /** By the pixel ratio of the screen. */
  readonly scrolling: Readonly<Record<string, ScrollFigures>>;
}

export interface StreamFigures {
  /** What the page keeps on disk of it. */
  readonly stored_mb: number;
  readonly seconds: number;
  /** Of several queries one after the other: the last of them is the one whose whole stream is read. */
  readonly first_row: readonly FirstRow[];
  /** Thread time of the main thread's longest tasks while the stream is read, longest first. */
  readonly longest_tasks_ms: readonly number[];
  /** From a key in the grid to the next frame, while the stream is read. */
  readonly p95_key_ms: number;
  /** Before the query, with the whole result, and on another page. */
  readonly heap_mb: { readonly before: Heap; readonly whole: Heap; readonly left: Heap };
}

/** The best of some rounds, each of an empty page and the grid: what else the machine does takes frames from either. */
export interface ScrollFigures {
  /** Frames a second of the grid over those of an empty page that is scrolled alike in the same round. */
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
const QUERIES = 5;
const SHOWN_TASKS = 5;
const KEY_INTERVAL_MS = 100;
const POLL_MS = 50;
const SCROLL_MS = 2000;
const SCROLL_ROUNDS = 3;
const WHEEL_PX = 240;
/** The last row of a million is 28 million pixels down. */
const FAST_WHEEL_PX = 2_000_000;
/** Inside the bar, which is 15 pixels wide. */
const BAR_INSET_PX = 7;
/** Behind the bar's arrow, inside its thumb where that is at its end. */
const THUMB_INSET_PX = 26;
/** A bar that is dragged further than its end stays there. */
const OVERSHOOT_PX = 60;
const DRAG_STEPS = 20;
const PIXEL_RATIOS = [1, 2];
const LOT = 'GA26010001-A00-001';

interface NotingWindow extends Window {
  keyMs?: number[];
}

/** @throws Error when wheel, scroll bar or keyboard does not reach the last row. */
export async function measurePage(): Promise<PageFigures> {
  const demo = await startRecordedDemo({ records: Math.round(RECORDS / HISTORY_SHARE), paceMs: PACE_MS });
  try {
    const stream = await measureStream(demo.url);
    process.stderr.write(`page: ${JSON.stringify(stream)}\n`);
    const scrolling: Record<string, ScrollFigures> = {};
    for (const ratio of PIXEL_RATIOS) {
      const figures = await measureScrolling(demo.url, ratio);
      process.stderr.write(`page, ${ratio} pixels a pixel: ${JSON.stringify(figures)}\n`);
      scrolling[String(ratio)] = figures;
    }
    return { records: RECORDS, stream, scrolling };
  } finally {
    await demo.stop();
  }
}

async function measureStream(url: string): Promise<StreamFigures> {
  const watched = await openOwnBrowser();
  const { page } = watched;
  await watchFirstRecords(page);
  await openResult(page, url);
  const firstRows: FirstRow[] = [];
  for (let query = 1; query < QUERIES; query++) firstRows.push(await traceToFirstRow(page));
  await leaveResult(page);
  const before = await measureHeap(page);
  await openResult(page, url);
  const startedAtMs = performance.now();
  const tasks = await traceTasks(page, async () => {
    firstRows.push(await traceToFirstRow(page));
    await page.getByRole('grid').focus();
    await page.evaluate(noteKeys);
    await until(waitForProof(page, PROOF_TIMEOUT_MS), async () => {
      await page.keyboard.press('PageDown');
      await page.waitForTimeout(KEY_INTERVAL_MS);
    });
  });
  const seconds = Math.round((performance.now() - startedAtMs) / 100) / 10;
  const keyMs = await page.evaluate(() => (window as NotingWindow).keyMs ?? []);
  if ((await gridRecords(page)) !== RECORDS) throw new Error('the grid has not every record');
  const { usage = 0 } = await page.evaluate(() => navigator.storage.estimate());
  const whole = await measureHeap(page);
  await leaveResult(page);
  const left = await measureHeap(page);
  await watched.close();
  return {
    stored_mb: Math.round(usage / 1e6),
    seconds,
    first_row: firstRows.map(({ ms, frames }) => ({ ms: Math.round(ms), frames })),
    longest_tasks_ms: tasks
      .map((ms) => Math.round(ms * 10) / 10)
      .toSorted((one, other) => other - one)
      .slice(0, SHOWN_TASKS),
    p95_key_ms: Math.round(quantile(keyMs, 0.95)),
    heap_mb: { before, whole, left },
  };
}

/** To another page of the application, until what the result had is gone. */
async function leaveResult(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByRole('grid').waitFor({ state: 'detached' });
  while (page.workers().length > 0) await page.waitForTimeout(POLL_MS);
}

async function traceToFirstRow(page: Page): Promise<FirstRow> {
  await noteFirstRow(page);
  await startTrace(page, undefined, LOT);
  return await readFirstRow(page);
}

async function measureScrolling(url: string, deviceScaleFactor: number): Promise<ScrollFigures> {
  const watched = await openOwnBrowser({ deviceScaleFactor });
  const { page } = watched;
  const empty = await page.context().newPage();
  await empty.setContent('<body style="margin:0"><div id="tall" style="height:15000000px"></div></body>');
  await page.bringToFront();
  await openResult(page, url);
  await waitForProof(page, PROOF_TIMEOUT_MS);
  await reachBothEnds(page);
  const rounds: ScrollFigures[] = [];
  for (let round = 0; round < SCROLL_ROUNDS; round++) {
    const ofEmpty = await framesWhileScrolling(empty, 'body');
    rounds.push(compareFrames(await framesWhileScrolling(page, '[role=grid]'), ofEmpty));
  }
  await watched.close();
  const [best] = rounds.toSorted((one, other) => other.ratio_to_empty - one.ratio_to_empty);
  if (best === undefined) throw new Error('nothing was scrolled');
  return best;
}

function compareFrames(grid: readonly number[], empty: readonly number[]): ScrollFigures {
  const perSecond = (frames: readonly number[]): number => (frames.length * 1000) / frames.reduce((a, b) => a + b, 0);
  return {
    ratio_to_empty: Math.round((100 * perSecond(grid)) / perSecond(empty)) / 100,
    frames_per_second: Math.round(perSecond(grid)),
    p95_frame_ms: Math.round(quantile(grid, 0.95) * 10) / 10,
  };
}

/** By each of keyboard, wheel and scroll bar to the last row and back. */
async function reachBothEnds(page: Page): Promise<void> {
  await goToRow(page, 'Control+End', RECORDS - 1);
  await goToRow(page, 'Control+Home', 0);
  const grid = page.getByRole('grid');
  await grid.hover();
  for (const [wheelPx, row] of [
    [FAST_WHEEL_PX, RECORDS - 1],
    [-FAST_WHEEL_PX, 0],
  ] as const) {
    await until(waitForRow(page, row), () => page.mouse.wheel(0, wheelPx));
  }
  const { right, top, bottom } = await grid.evaluate((element) => {
    const box = element.getBoundingClientRect();
    return { right: box.right, top: box.top, bottom: box.top + element.clientHeight };
  });
  for (const [from, to, row] of [
    [top + THUMB_INSET_PX, bottom + OVERSHOOT_PX, RECORDS - 1],
    [bottom - THUMB_INSET_PX, top - OVERSHOOT_PX, 0],
  ] as const) {
    await page.mouse.move(right - BAR_INSET_PX, from);
    await page.mouse.down();
    await page.mouse.move(right - BAR_INSET_PX, to, { steps: DRAG_STEPS });
    await waitForRow(page, row);
    await page.mouse.up();
  }
}

/** A query for the kind of events that is measured and no other, and its first rows. */
async function openResult(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/?type=lot&q=${LOT}&profile=query_tool&domains=history`);
  await page.getByRole('gridcell').first().waitFor({ timeout: PROOF_TIMEOUT_MS });
}

/** Milliseconds between frames while the wheel turns over an element of the page, which comes to the front for it. */
async function framesWhileScrolling(page: Page, selector: string): Promise<number[]> {
  await page.bringToFront();
  await page.locator(selector).hover({ position: { x: 100, y: 100 } });
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

function noteKeys(): void {
  const noted: number[] = ((window as NotingWindow).keyMs = []);
  document.addEventListener(
    'keydown',
    ({ timeStamp }) => requestAnimationFrame(() => noted.push(performance.now() - timeStamp)),
    { capture: true },
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
