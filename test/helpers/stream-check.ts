import { createHash } from 'node:crypto';
import { decodeJobEvent, isTerminalLine, type JobEvent, type JobEventOf } from '#protocol/job-event.ts';
import type { RecordTally } from './record-tally.ts';

/**
 * Reads streams as a careful client does: every record once, every digest followed, resumed behind the last position.
 * Independent of the web application's reader on purpose.
 */
export class StreamCheck {
  cursor: string | undefined;
  terminal: JobEventOf<'complete' | 'cancelled' | 'error'> | undefined;
  meta: JobEventOf<'meta'> | undefined;
  records = 0;
  /** Why the result started over, each time. */
  readonly resets: string[] = [];
  readonly warnings: JobEventOf<'warning'>[] = [];
  /** Gets the records of every line whose digest is right. */
  readonly #tally: RecordTally | undefined;
  /** Records of each domain so far. */
  readonly #offsets = new Map<string, number>();
  /** Digests of the chunks of each domain, in order. */
  readonly #chunks = new Map<string, string[]>();
  readonly #ends = new Map<string, string>();
  #pending: { line: string; event: JobEventOf<'records'> } | undefined;

  constructor(tally?: RecordTally) {
    this.#tally = tally;
  }

  /** One line, newline included. @throws Error for anything lost, doubled or changed. */
  take(line: string): JobEvent {
    const event = decodeJobEvent(line.slice(0, -1));
    switch (event.type) {
      case 'meta':
        this.meta = event;
        break;
      case 'records':
        this.#pending = { line, event };
        break;
      case 'position':
        this.#takePosition(event);
        break;
      case 'domain_end':
        this.#ends.set(event.domain, event.sha256);
        break;
      case 'reset':
        this.#startOver();
        this.resets.push(event.reason);
        break;
      case 'warning':
        this.warnings.push(event);
        break;
      default:
        if (isTerminalLine(event)) this.#takeTerminal(event);
    }
    return event;
  }

  /** Nothing that was read before counts any more. */
  #startOver(): void {
    this.#tally?.clear();
    for (const known of [this.#offsets, this.#chunks, this.#ends]) known.clear();
    this.#pending = undefined;
    this.cursor = undefined;
    this.records = 0;
    this.warnings.length = 0;
  }

  #takePosition(event: JobEventOf<'position'>): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!pending) throw new Error('a position without its records');
    if (sha256(pending.line) !== event.sha256) throw new Error('a records line has another digest than its position');
    const chunks = this.#chunks.get(event.domain) ?? [];
    if (event.batch !== chunks.length + 1)
      throw new Error(`batch ${event.batch} behind ${chunks.length} of ${event.domain}`);
    const offset = this.#offsets.get(event.domain) ?? 0;
    if (event.offset !== offset) throw new Error(`a chunk of ${event.domain} at ${event.offset}, not at ${offset}`);
    const { domain, batch, count } = pending.event;
    if (domain !== event.domain || batch !== event.batch || count !== event.count)
      throw new Error('a position speaks of other records than those before it');
    this.#tally?.take(domain, pending.line, count);
    chunks.push(event.sha256);
    this.#offsets.set(event.domain, offset + count);
    this.#chunks.set(event.domain, chunks);
    this.records += event.count;
    this.cursor = event.cursor;
  }

  #takeTerminal(event: JobEventOf<'complete' | 'cancelled' | 'error'>): void {
    const digests = (this.meta?.domains ?? []).map((domain) => sha256((this.#chunks.get(domain) ?? []).join('')));
    for (const [index, domain] of (this.meta?.domains ?? []).entries()) {
      const said = this.#ends.get(domain);
      if (said !== undefined && said !== digests[index]) throw new Error(`the digest of ${domain} is another`);
    }
    if (sha256(digests.join('')) !== event.sha256) throw new Error('the digest of the stream is another');
    if (event.total_records !== this.records) throw new Error(`${this.records} records of ${event.total_records}`);
    this.terminal = event;
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export interface ReadOptions {
  readonly check?: StreamCheck;
  /** Called with each line; `false` leaves the stream. */
  readonly onLine?: (event: JobEvent) => boolean | undefined;
  readonly signal?: AbortSignal;
}

/** Reads one response until it ends, is cut, or `onLine` leaves. The cut is no error: the check knows what is missing. */
export async function readStream(url: string, jobId: string, options: ReadOptions = {}): Promise<StreamCheck> {
  const check = options.check ?? new StreamCheck();
  const after = check.cursor === undefined ? '' : `?after=${check.cursor}`;
  const init = options.signal ? { signal: options.signal } : {};
  const response = await fetch(`${url}/api/trace/job/${jobId}/stream${after}`, init);
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  // Parts of the line that is not whole yet: joined once, when its newline comes.
  let held: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return check;
      let from = 0;
      for (let end = value.indexOf('\n'); end >= 0; end = value.indexOf('\n', from)) {
        const line = held.join('') + value.slice(from, end + 1);
        held = [];
        from = end + 1;
        const event = check.take(line);
        if (options.onLine?.(event) !== false) continue;
        await reader.cancel();
        return check;
      }
      held.push(value.slice(from));
    }
  } catch (error) {
    // A response that is not believed is not read on.
    await reader.cancel().catch(() => undefined);
    if (error instanceof TypeError || (error instanceof Error && error.name === 'AbortError')) return check;
    throw error;
  }
}

/** Reads a job to its end, through as many cuts as there are; waits while nobody answers. */
export async function readToEnd(url: string, jobId: string, options: ReadOptions = {}): Promise<StreamCheck> {
  const check = options.check ?? new StreamCheck();
  const until = Date.now() + 120_000;
  while (!check.terminal && Date.now() < until) {
    await readStream(url, jobId, { ...options, check }).catch((error: unknown) => {
      if (!(error instanceof TypeError)) throw error;
    });
  }
  return check;
}
