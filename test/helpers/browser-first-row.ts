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

/** Runs in the page. */
function beginNoting(channelName: string): void {
  const isThere = (): boolean =>
    [...document.querySelectorAll('[role=gridcell]')].some((cell) => cell.textContent !== '');
  const now = (): number => performance.timeOrigin + performance.now();
  (window as NotingWindow).firstRow = new Promise((resolve, reject) => {
    const frames: number[] = [];
    let isPainting = false;
    const watch = (readAt: number): void => {
      if (isThere()) reject(new Error('rows stood there before any were read'));
      new MutationObserver((_, observer) => {
        if (!isThere()) return;
        observer.disconnect();
        isPainting = true;
      }).observe(document, { subtree: true, childList: true, characterData: true });
      const onFrame = (): void => {
        frames.push(now());
        if (!isPainting) return void requestAnimationFrame(onFrame);
        resolve({ ms: now() - readAt, frames: frames.filter((frame) => frame > readAt).length });
      };
      requestAnimationFrame(onFrame);
    };
    new BroadcastChannel(channelName).addEventListener('message', ({ data }) => watch(Number(data)), { once: true });
  });
}
