import { createHash } from 'node:crypto';
import { constants, gunzipSync, inflateRawSync } from 'node:zlib';
import type { JobHost } from './job-host.ts';
import { requireSame, ViolationError } from './violation.ts';
import { settlePromises } from './world.ts';

const GZIP_HEADER_BYTES = 10;

interface Connection {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly gzip: boolean;
  readonly bytes: Uint8Array[];
  /** Lines of this connection that were looked at. */
  lines: number;
  /** The read that is under way, and its answer as soon as there is one. */
  pending: { answer?: { readonly done: boolean; readonly value?: Uint8Array | undefined } | 'cut' } | undefined;
}

/**
 * A reader over HTTP: follows the job's real stream, is cut off now and then, and goes on behind its last cursor. What it
 * holds is what it has proof of: everything up to a `position`, and what came behind it in the same connection.
 */
export class Client {
  /** As the log names its entries; of the generation that was read last. */
  held: string[] = [];
  generation = 1;
  /** It has the last line. */
  done = false;
  readonly #host: JobHost;
  #cursor: string | undefined;
  /** Entries held at the cursor. */
  #proven = 0;
  #connection: Connection | undefined;
  #connections = 0;

  constructor(host: JobHost) {
    this.#host = host;
  }

  cut(): void {
    void this.#connection?.reader.cancel().catch(() => undefined);
    this.#connection = undefined;
  }

  /** Reads up to `most` pieces of what is there; connects when it has to. @returns whether anything came. */
  async read(most: number): Promise<boolean> {
    if (this.done) return false;
    const connection = (this.#connection ??= await this.#connect());
    if (!connection) return false;
    let ended = false;
    const before = connection.bytes.length;
    for (let piece = 0; piece < most && !ended; piece++) {
      const answer = await nextPiece(connection);
      if (!answer) break;
      if (answer === 'cut') {
        this.cut();
        return false;
      }
      if (answer.value) connection.bytes.push(answer.value);
      ended = answer.done;
    }
    const hasCome = connection.bytes.length > before;
    if (hasCome) this.#take(connection, ended);
    if (!ended) return hasCome;
    this.#connection = undefined;
    if (!this.done) throw new ViolationError('I9', 'a stream ended without a last line');
    return true;
  }

  /** I9: what it holds is a prefix of the log; with the last line, all of it. */
  check(generation: number, log: readonly string[]): void {
    if (this.generation !== generation) return;
    requireSame('I9', 'what the reader holds', { actual: this.held, expected: log.slice(0, this.held.length) });
    if (this.done && this.held.length !== log.length)
      throw new ViolationError('I9', 'a reader with the last line does not hold the whole log');
  }

  async #connect(): Promise<Connection | undefined> {
    const gzip = this.#connections++ % 4 !== 1;
    const query = new URLSearchParams(gzip ? { gzip: '1' } : {});
    if (this.#cursor !== undefined) query.set('after', this.#cursor);
    const { crashes } = this.#host;
    const outcome = await this.#host.read(query);
    // A process that ended meanwhile has taken the stream with it.
    if (this.#host.crashes !== crashes) return undefined;
    if (!outcome?.ok) {
      if (outcome?.code === 'GENERATION_CHANGED') this.#startOver(this.generation);
      return undefined;
    }
    this.held.length = this.#proven;
    return { reader: outcome.value.getReader(), gzip, bytes: [], lines: 0, pending: undefined };
  }

  #take(connection: Connection, ended: boolean): void {
    const lines = decode(connection, ended).split('\n').slice(0, -1);
    for (const line of lines.slice(connection.lines)) this.#hear(line);
    connection.lines = lines.length;
  }

  #hear(line: string): void {
    const event = JSON.parse(line) as { type: string; generation: number; cursor: string; domain: string };
    switch (event.type) {
      case 'meta':
        if (event.generation !== this.generation) this.#startOver(event.generation);
        break;
      case 'reset':
        this.#startOver(event.generation);
        this.held.push(line);
        break;
      case 'position':
        this.#cursor = event.cursor;
        this.#proven = this.held.length;
        break;
      case 'progress':
        break;
      case 'records':
        this.held.push(`records ${digestOf(line)}`);
        break;
      case 'domain_start':
        this.held.push(`domain_start ${event.domain}`);
        break;
      default:
        this.held.push(line);
        this.done = event.type === 'complete' || event.type === 'cancelled' || event.type === 'error';
    }
  }

  #startOver(generation: number): void {
    this.generation = generation;
    this.held = [];
    this.#cursor = undefined;
    this.#proven = 0;
  }
}

/** `undefined`: nothing is there yet. The read goes on. */
async function nextPiece(connection: Connection) {
  const pending = (connection.pending ??= startRead(connection.reader));
  if (!pending.answer) await settlePromises();
  if (pending.answer) connection.pending = undefined;
  return pending.answer;
}

function startRead(reader: Connection['reader']): NonNullable<Connection['pending']> {
  const pending: NonNullable<Connection['pending']> = {};
  reader.read().then(
    (answer) => (pending.answer = answer),
    () => (pending.answer = 'cut'),
  );
  return pending;
}

/** Every line so far; of a stream that has ended, with the check values of gzip. */
function decode({ gzip, bytes }: Connection, ended: boolean): string {
  const all = Buffer.concat(bytes);
  if (!gzip) return all.toString();
  if (ended) return gunzipSync(all).toString();
  const deflated = all.subarray(GZIP_HEADER_BYTES);
  return inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

const DIGESTS = new Map<string, string>();

/** Of a `records` line. The lines of all histories are few. */
function digestOf(line: string): string {
  let digest = DIGESTS.get(line);
  if (!digest) DIGESTS.set(line, (digest = createHash('sha256').update(`${line}\n`).digest('hex')));
  return digest;
}
