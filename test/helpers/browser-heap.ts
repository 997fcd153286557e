import type { CDPSession, Page } from 'playwright-core';

/** Megabytes after a collection: objects of JavaScript, and the buffers they hold. */
export interface Heap {
  readonly main: number;
  /** 0 when there is no worker. */
  readonly worker: number;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize?: number;
}

interface TargetMessage {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Of a page with at most one worker, in a browser with no other page that has one. */
export async function measureHeap(page: Page): Promise<Heap> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser');
  const main = await page.context().newCDPSession(page);
  const devtools = await browser.newBrowserCDPSession();
  try {
    await main.send('HeapProfiler.collectGarbage');
    const mainUsage: HeapUsage = await main.send('Runtime.getHeapUsage');
    const { targetInfos } = await devtools.send('Target.getTargets', { filter: [{ type: 'worker' }] });
    const [worker] = targetInfos;
    return {
      main: megabytes(mainUsage),
      worker: worker === undefined ? 0 : megabytes(await workerUsage(devtools, worker.targetId)),
    };
  } finally {
    await main.detach();
    await devtools.detach();
  }
}

/** Playwright gives no session of a worker: messages to it go through that of the browser. */
async function workerUsage(devtools: CDPSession, targetId: string): Promise<HeapUsage> {
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: false });
  const ask = (id: number, method: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      devtools.on('Target.detachedFromTarget', (event) => {
        if (event.sessionId === sessionId) reject(new Error('the worker ended'));
      });
      devtools.on('Target.receivedMessageFromTarget', (event) => {
        const message = JSON.parse(event.message) as TargetMessage;
        if (event.sessionId !== sessionId || message.id !== id) return;
        if (message.error === undefined) resolve(message.result);
        else reject(new Error(message.error.message));
      });
      devtools
        .send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params: {} }) })
        .catch(reject);
    });
  await ask(1, 'HeapProfiler.collectGarbage');
  return (await ask(2, 'Runtime.getHeapUsage')) as HeapUsage;
}

function megabytes({ usedSize, backingStorageSize = 0 }: HeapUsage): number {
  return Math.round((usedSize + backingStorageSize) / 1e5) / 10;
}
