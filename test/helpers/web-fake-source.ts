import type { Bytes } from '../../web/src/stream/bytes.ts';
import type { ClientProblem } from '../../web/src/stream/client-problem.ts';
import type { Clock } from '../../web/src/stream/clock.ts';
import type { OpenedStream, StreamSource } from '../../web/src/stream/stream-source.ts';
import type { RecordedLog } from './web-recorded-stream.ts';
import { bytesOf, linesAfter } from './web-recorded-stream.ts';

/** One connection of a scripted source: what happens to the bytes that the log would send. */
export interface ScriptedConnection {
  /** The log this connection reads; else that of the connection before. */
  readonly log?: RecordedLog;
  /** The connection breaks after so many bytes. */
  readonly cutAfterBytes?: number;
  readonly ending?: 'close' | 'throw' | 'hang';
  readonly refuse?: ClientProblem;
  /** The request itself fails. */
  readonly unreachable?: boolean;
  readonly damage?: (bytes: Bytes) => Bytes;
  readonly chunkBytes?: number;
}

/** A source that plays one script entry for each connection, and the plain log when the script is over. */
export class ScriptedSource implements StreamSource {
  readonly cursors: (string | undefined)[] = [];
  #log: RecordedLog;
  readonly #script: ScriptedConnection[];

  constructor(log: RecordedLog, script: readonly ScriptedConnection[] = []) {
    this.#log = log;
    this.#script = [...script];
  }

  async open(after: string | undefined, signal: AbortSignal): Promise<OpenedStream> {
    this.cursors.push(after);
    const step = this.#script.shift() ?? {};
    this.#log = step.log ?? this.#log;
    if (step.unreachable === true) throw new TypeError('fetch failed');
    if (step.refuse !== undefined) return { ok: false, problem: step.refuse };
    const lines = linesAfter(this.#log, after);
    if (lines === undefined) return { ok: false, problem: { code: 'GENERATION_CHANGED', status: 412 } };
    const whole = bytesOf(lines);
    return { ok: true, chunks: play(step.damage?.(whole) ?? whole, step, signal) };
  }
}

async function* play(
  bytes: Bytes,
  step: ScriptedConnection,
  signal: AbortSignal,
): AsyncGenerator<Bytes, void, undefined> {
  const end = Math.min(bytes.length, step.cutAfterBytes ?? bytes.length);
  const chunkBytes = step.chunkBytes ?? 4096;
  for (let from = 0; from < end; from += chunkBytes) yield bytes.slice(from, Math.min(end, from + chunkBytes));
  if (step.ending === 'throw') throw new TypeError('network error');
  if (step.ending === 'hang') {
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
  }
}

/** A clock whose waits end at once, in the order of their times; watchdogs are run only when asked. */
export class FakeClock implements Clock {
  readonly waitsMs: number[] = [];
  #now = 1_000_000;
  readonly #tasks = new Set<{ readonly delayMs: number; readonly task: () => void }>();
  readonly #instantBelowMs: number;

  constructor(instantBelowMs = 29_000) {
    this.#instantBelowMs = instantBelowMs;
  }

  nowMs(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    const entry = { delayMs, task };
    this.#tasks.add(entry);
    if (delayMs < this.#instantBelowMs) {
      this.waitsMs.push(delayMs);
      queueMicrotask(() => this.#run(entry));
    }
    return () => this.#tasks.delete(entry);
  }

  /** Lets every task that still waits happen, as if its time had come. */
  elapseAll(): void {
    for (const entry of Array.from(this.#tasks)) this.#run(entry);
  }

  #run(entry: { readonly delayMs: number; readonly task: () => void }): void {
    if (!this.#tasks.delete(entry)) return;
    this.#now += entry.delayMs;
    entry.task();
  }
}
