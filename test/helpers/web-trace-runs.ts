import { afterEach, beforeEach, vi } from 'vitest';
import type { Bytes } from '../../web/src/stream/bytes.ts';
import { readProblem } from '../../web/src/stream/client-problem.ts';
import type { Clock } from '../../web/src/stream/clock.ts';
import { systemClock } from '../../web/src/stream/clock.ts';
import { BlobStore } from '../../web/src/stream/raw-store.ts';
import type { StreamSource } from '../../web/src/stream/stream-source.ts';
import { MachineList } from '../../web/src/trace/run/machines.ts';
import { TraceRun } from '../../web/src/trace/run/trace-run.ts';
import type { ValuesQuery } from '../../web/src/trace/trace-query.ts';
import type { TraceSnapshot } from '../../web/src/trace/trace-snapshot.ts';
import type { DemoOptions } from './web-demo-server.ts';
import { DemoServer } from './web-demo-server.ts';

/** Runs of a trace as the worker makes them, on a demo server that each test has to itself. */
export const QUERY: ValuesQuery = {
  mode: 'container',
  inputType: 'lot_id',
  values: ['GA26011704-A00-003', 'XX-none'],
  profile: 'query_tool',
  direction: 'forward',
  followMerges: false,
  domains: ['history', 'holds'],
};

export let server: DemoServer;
let base: string;
const realFetch = fetch;

export function useDemoServer(): void {
  beforeEach(async () => {
    server = new DemoServer({ records: 2000, nodes: 50, paceMs: 0 });
    base = await server.start();
    vi.stubGlobal('fetch', askServer);
  });
  afterEach(async () => {
    vi.unstubAllGlobals();
    await server.stop();
  });
}

/** What the runs have for `fetch`, and a test for calls beside theirs. */
export function askServer(path: string, init?: RequestInit): Promise<Response> {
  return realFetch(new URL(path, base), init);
}

function openSource(path: string): StreamSource {
  return {
    async open(after, signal) {
      const url = new URL(path, base);
      if (after !== undefined) url.searchParams.set('after', after);
      const response = await realFetch(url, { signal });
      if (!response.ok || response.body === null) return { ok: false, problem: await readProblem(response) };
      return { ok: true, chunks: response.body as AsyncIterable<Bytes> };
    },
  };
}

export function newRun(
  changed: () => void = () => undefined,
  clock: Clock = systemClock,
  changedNow = changed,
  raw = new BlobStore(),
): TraceRun {
  return new TraceRun({
    run: 1,
    clock,
    random: () => 0,
    openSource,
    openStore: async () => raw,
    machines: new MachineList(),
    changed,
    appeared: () => changed(),
    changedNow,
  });
}

/** Resolves with the first snapshot that is as wanted. */
export function until(
  wanted: (snapshot: TraceSnapshot) => boolean,
  clock = systemClock,
): { run: TraceRun; reached: Promise<TraceSnapshot> } {
  const { promise, resolve } = Promise.withResolvers<TraceSnapshot>();
  const run: TraceRun = newRun(() => {
    const snapshot = run.snapshot();
    if (wanted(snapshot)) resolve(snapshot);
  }, clock);
  return { run, reached: promise };
}

/** What is asked of this job does not arrive. */
export function cutOff(jobId: string): void {
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) =>
    path.includes(jobId) ? Promise.reject(new TypeError('cut off')) : askServer(path, init),
  );
}

/** How the server answers from now on. */
export function use(options: DemoOptions): void {
  server.options = { ...server.options, ...options };
}
