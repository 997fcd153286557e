import type { Page } from 'playwright-core';

/** From reading the first records to painting the first of them. */
export interface FirstRow {
  readonly ms: number;
  /** Frames begun in that time, the one that paints the row included. */
  readonly frames: number;
}

interface NotingWindow extends Window {
  firstRow?: Promise<FirstRow>;
}

const CHANNEL = 'first-records';

/** From now on each page's worker says when it has read a whole line of records of events. */
export async function watchFirstRecords(page: Page): Promise<void> {
  await page.route(/trace-worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `(${sayFirstRecords.toString()})('${CHANNEL}');\n${await response.text()}` });
  });
}

/** To be called before the query; `readFirstRow` waits for what it notes. */
export async function noteFirstRow(page: Page): Promise<void> {
  await page.evaluate(beginNoting, CHANNEL);
}

export async function readFirstRow(page: Page): Promise<FirstRow> {
  return await page.evaluate(async () => {
    const { firstRow } = window as NotingWindow;
    if (firstRow === undefined) throw new Error('nobody notes the first row');
    return await firstRow;
  });
}

/** Runs in the worker, before its own code: every stream says it once. */
function sayFirstRecords(channelName: string): void {
  const channel = new BroadcastChannel(channelName);
  const begun = new WeakMap<object, { text: string; readonly decoder: TextDecoder }>();
  const said = new WeakSet();
  const { prototype } = ReadableStreamDefaultReader<Uint8Array>;
  // The method is called on the reader that it was called on.
  // oxlint-disable-next-line typescript/unbound-method
  const { read } = prototype;
  prototype.read = async function readAndSay() {
    const result = await read.call(this);
    if (said.has(this) || result.value === undefined) return result;
    const stream = begun.get(this) ?? { text: '', decoder: new TextDecoder() };
    begun.set(this, stream);
    stream.text += stream.decoder.decode(result.value, { stream: true });
    const at = stream.text.indexOf('{"type":"records","domain":"history"');
    if (at !== -1 && stream.text.includes('\n', at)) {
      said.add(this);
      channel.postMessage(performance.timeOrigin + performance.now());
    }
    return result;
  };
}

/** Runs in the page: rows of a former query have to go before those of the next are seen. */
function beginNoting(channelName: string): void {
  const isThere = (): boolean =>
    [...document.querySelectorAll('[role=gridcell]')].some((cell) => cell.textContent !== '');
  const now = (): number => performance.timeOrigin + performance.now();
  // It takes another way than the rows, and may come behind them.
  const readAt = new Promise<number>((resolve) => {
    new BroadcastChannel(channelName).addEventListener('message', ({ data }) => resolve(Number(data)), { once: true });
  });
  const frames: number[] = [];
  const paintedAt = new Promise<number>((resolve) => {
    let isFormer = isThere();
    let isPainting = false;
    new MutationObserver((_, observer) => {
      if (isFormer) isFormer = isThere();
      else if (isThere()) {
        observer.disconnect();
        isPainting = true;
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
    const onFrame = (): void => {
      frames.push(now());
      if (isPainting) resolve(now());
      else requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
  });
  (window as NotingWindow).firstRow = Promise.all([readAt, paintedAt]).then(([read, painted]) => {
    if (painted < read) throw new Error('rows were painted before any were read');
    return { ms: painted - read, frames: frames.filter((frame) => frame > read).length };
  });
}
