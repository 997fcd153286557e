import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Thread time in microseconds: what other processes take of the machine is not in it. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Thread time, in ms, of every task of the page's main thread while `work` runs. */
export async function traceTasks(page: Page, work: () => Promise<void>): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    // Too many for the arguments of one call.
    for (const event of value as unknown as TraceEvent[]) events.push(event);
  });
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] },
    transferMode: 'ReportEvents',
  });
  const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  try {
    await work();
  } finally {
    await session.send('Tracing.end');
    await ended;
    await session.detach();
  }
  const mains = new Set(
    events
      .filter((event) => event.name === 'thread_name' && event.args?.name === 'CrRendererMain')
      .map((event) => `${event.pid}/${event.tid}`),
  );
  return events
    .filter((event) => event.name === 'RunTask' && mains.has(`${event.pid}/${event.tid}`))
    .map((event) => (event.tdur ?? 0) / 1000);
}
