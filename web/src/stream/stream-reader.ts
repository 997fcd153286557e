import { STREAM_HEARTBEAT_MS } from '#protocol/limits.ts';
import type { JobEvent } from '#protocol/job-event.ts';
import { decodeJobEvent, MalformedLineError } from '#protocol/job-event.ts';
import { backoffDelayMs } from './backoff.ts';
import type { BatchEntry, BatchStore } from './batch-store.ts';
import type { Bytes } from './bytes.ts';
import type { ClientProblem } from './client-problem.ts';
import { ClientProblemError } from './client-problem.ts';
import type { Clock } from './clock.ts';
import { LineSplitter, LineTooLongError } from './line-splitter.ts';
import { findRecordBounds, isRecordsLine, parseRecordsHead } from './records-line.ts';
import type { RecordBounds, RecordsHead } from './records-line.ts';
import { decideRefusal } from './refusal.ts';
import type { Effect } from './stream-ledger.ts';
import { BrokenStreamError, StreamLedger } from './stream-ledger.ts';
import type { Connection, StreamOutcome } from './stream-outcome.ts';
import { outcomeOf } from './stream-outcome.ts';
import type { Sha256 } from './stream-proof.ts';
import { digestOfDigests } from './stream-proof.ts';
import type { StreamSource } from './stream-source.ts';

/** A connection that is silent for three heartbeats is dead, whatever the socket says. */
export const STALL_MS = 3 * STREAM_HEARTBEAT_MS;
/** Damaged readings of the same place before a person has to look at it. */
export const MAX_DAMAGED_READINGS = 5;
/**
 * … and before the stream is read from its beginning: domains interleave, so a batch that is found missing may lie
 * before the cursor, where no resumed reading would bring it.
 */
const DAMAGED_READINGS_BEFORE_DROP = 2;
/** A whole result that does not prove itself is read once more from its beginning. */
const MAX_UNPROVEN_READINGS = 2;

export interface ReaderParts {
  readonly source: StreamSource;
  readonly store: BatchStore;
  readonly sha256: Sha256;
  readonly clock: Clock;
  /** 0 to 1, for the spread of retries. */
  readonly random: () => number;
}

export interface ReaderListener {
  /** A connection has said which job this is, and of which domains. */
  begun(): void;
  committed(entry: BatchEntry): void;
  dropped(): void;
  /** Anything on the ledger or the connection is another. */
  changed(): void;
}

/** What one connection came to. */
type Ending =
  | { readonly type: 'outcome'; readonly outcome: StreamOutcome }
  | { readonly type: 'cut' }
  | { readonly type: 'damaged' }
  | { readonly type: 'unproven' }
  | { readonly type: 'refused'; readonly problem: ClientProblem };

interface HeldLine {
  readonly head: RecordsHead;
  readonly line: Bytes;
  readonly bounds: RecordBounds;
  readonly sha256: Promise<string>;
}

/** The store took no more: a quota, a full disk. Reading the line again would not help. */
class StoreFailedError extends Error {
  override readonly name = 'StoreFailedError';
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeControlLine(line: Bytes): JobEvent {
  let text: string;
  try {
    text = utf8.decode(line);
  } catch (cause) {
    throw new MalformedLineError('a line of the stream is not UTF-8', { cause });
  }
  return decodeJobEvent(text);
}

/**
 * Reads one stream to its proven end. A connection that is cut, falls silent or brings a damaged line is replaced by one
 * that resumes behind the last committed batch; a line is never skipped.
 */
export class StreamReader {
  readonly ledger = new StreamLedger();
  /** Damaged lines met so far; each was read again. */
  damagedReadings = 0;
  /** Connections after the first. */
  resumes = 0;
  /** Raw bytes of the committed batches. */
  committedBytes = 0;
  #connection: Connection = { state: 'connecting' };
  readonly #parts: ReaderParts;
  readonly #listener: ReaderListener;
  #attempt = 0;
  #damagedHere = 0;
  /** Records held when a damaged line was met: only what lies behind that is progress. */
  #furthestRecords = 0;
  #unproven = 0;
  #held: HeldLine | undefined;
  #wake: (() => void) | undefined;

  constructor(parts: ReaderParts, listener: ReaderListener) {
    this.#parts = parts;
    this.#listener = listener;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Ends a wait between two attempts: the network is back, or somebody asked. */
  retryNow(): void {
    this.#wake?.();
  }

  /** Reads until the stream has ended, was refused for good, or `signal` aborts. */
  async read(signal: AbortSignal): Promise<StreamOutcome> {
    try {
      for (;;) {
        this.#setConnection({ state: 'connecting' });
        const ending = await this.#readConnection(signal);
        if (signal.aborted) return { type: 'stopped' };
        const outcome = this.#decide(ending);
        if (outcome !== undefined) return outcome;
        this.resumes++;
        await this.#wait(ending, signal);
        if (signal.aborted) return { type: 'stopped' };
      }
    } finally {
      this.#setConnection({ state: 'ended' });
    }
  }

  /** The outcome, or `undefined` to connect again. */
  #decide(ending: Ending): StreamOutcome | undefined {
    if (ending.type === 'outcome') return ending.outcome;
    if (ending.type === 'damaged') return this.#decideDamaged();
    if (ending.type === 'unproven') {
      if (++this.#unproven >= MAX_UNPROVEN_READINGS) return refused('STREAM_UNPROVEN');
      this.#drop();
    }
    if (ending.type === 'refused') {
      const decision = decideRefusal(ending.problem, this.ledger.cursor !== undefined);
      if (decision === 'final') return { type: 'refused', problem: ending.problem };
      if (decision === 'drop') this.#drop();
    }
    return undefined;
  }

  #decideDamaged(): StreamOutcome | undefined {
    this.damagedReadings++;
    this.#furthestRecords = Math.max(this.#furthestRecords, this.ledger.records);
    if (++this.#damagedHere === DAMAGED_READINGS_BEFORE_DROP) this.#drop();
    return this.#damagedHere < MAX_DAMAGED_READINGS ? undefined : refused('STREAM_BROKEN');
  }

  async #wait(ending: Ending, signal: AbortSignal): Promise<void> {
    this.#attempt++;
    const problem = ending.type === 'refused' ? ending.problem : undefined;
    const asked = problem?.retryAfterSeconds === undefined ? 0 : problem.retryAfterSeconds * 1000;
    const delayMs = Math.max(asked, backoffDelayMs(this.#attempt, this.#parts.random()));
    const why = ending.type === 'refused' || ending.type === 'cut' ? ending.type : 'damaged';
    const retryAtMs = this.#parts.clock.nowMs() + delayMs;
    const waiting = { state: 'waiting', why, attempt: this.#attempt, retryAtMs } as const;
    this.#setConnection(problem === undefined ? waiting : { ...waiting, problem });
    await new Promise<void>((resolve) => {
      const callOff = this.#parts.clock.after(delayMs, resolve);
      this.#wake = () => {
        callOff();
        resolve();
      };
      signal.addEventListener('abort', this.#wake, { once: true });
    });
    if (this.#wake !== undefined) signal.removeEventListener('abort', this.#wake);
    this.#wake = undefined;
  }

  async #readConnection(signal: AbortSignal): Promise<Ending> {
    // Ends with `signal`, or when nothing arrives. Not by `AbortSignal.any`, which our oldest browsers do not have.
    const connection = new AbortController();
    const stop = (): void => connection.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const stalled = (): void => connection.abort();
    let callOff = this.#parts.clock.after(STALL_MS, stalled);
    try {
      const opened = await this.#parts.source.open(this.ledger.cursor, connection.signal);
      if (!opened.ok) return { type: 'refused', problem: opened.problem };
      this.#held = undefined;
      this.ledger.connect();
      this.#setConnection({ state: 'reading' });
      const splitter = new LineSplitter();
      for await (const chunk of opened.chunks) {
        callOff();
        callOff = this.#parts.clock.after(STALL_MS, stalled);
        for (const line of splitter.push(chunk)) {
          if ((await this.#acceptLine(line)) === 'end') return await this.#prove();
        }
        if (signal.aborted) break;
      }
      return { type: 'cut' };
    } catch (thrown) {
      return endingOf(thrown);
    } finally {
      signal.removeEventListener('abort', stop);
      callOff();
    }
  }

  async #acceptLine(line: Bytes): Promise<Effect> {
    if (isRecordsLine(line)) {
      const head = parseRecordsHead(line);
      const bounds = findRecordBounds(line, head);
      this.ledger.holdBatch(head);
      const sha256 = this.#parts.sha256(line);
      // If the connection ends before the position, nobody waits for it any more.
      sha256.catch(() => undefined);
      this.#held = { head, line, bounds, sha256 };
      return 'none';
    }
    const event = decodeControlLine(line);
    if (event.type === 'records') throw new BrokenStreamError('a records line is written in another way');
    if (event.type === 'position') {
      const held = this.#held;
      this.#held = undefined;
      const effect = this.ledger.settleBatch(event, (await held?.sha256) ?? '');
      if (effect === 'commit' && held !== undefined) this.#commit(held);
      return effect;
    }
    const effect = this.ledger.accept(event);
    if (effect === 'drop') this.#dropStored();
    if (event.type === 'domain_end') await this.#proveDomain(event.domain);
    if (event.type === 'progress') this.#attempt = 0;
    if (event.type === 'meta') this.#listener.begun();
    else this.#listener.changed();
    return effect;
  }

  #commit(held: HeldLine): void {
    let entry: BatchEntry;
    try {
      entry = this.#parts.store.append(held);
    } catch (cause) {
      throw new StoreFailedError('a batch could not be stored', { cause });
    }
    this.#attempt = 0;
    if (this.ledger.records > this.#furthestRecords) this.#damagedHere = 0;
    this.committedBytes += held.line.length;
    this.#listener.committed(entry);
    this.#listener.changed();
  }

  async #proveDomain(name: string): Promise<void> {
    const domain = this.ledger.domains.find((candidate) => candidate.domain === name);
    if (domain?.end === undefined) return;
    if ((await digestOfDigests(domain.digests, this.#parts.sha256)) !== domain.end.sha256) {
      throw new BrokenStreamError('a domain does not match its digest');
    }
  }

  /** The terminal line stands only if its digest is that of what was committed. */
  async #prove(): Promise<Ending> {
    const { sha256 } = this.#parts;
    const domains = await Promise.all(this.ledger.domains.map((domain) => digestOfDigests(domain.digests, sha256)));
    const terminal = this.ledger.terminal;
    if (terminal === undefined || (await digestOfDigests(domains, sha256)) !== terminal.sha256) {
      return { type: 'unproven' };
    }
    return { type: 'outcome', outcome: outcomeOf(terminal) };
  }

  #drop(): void {
    this.ledger.drop();
    this.#dropStored();
    this.#listener.changed();
  }

  #dropStored(): void {
    this.#parts.store.clear();
    this.committedBytes = 0;
    this.#listener.dropped();
  }

  #setConnection(connection: Connection): void {
    this.#connection = connection;
    this.#listener.changed();
  }
}

function refused(code: ClientProblem['code']): StreamOutcome {
  return { type: 'refused', problem: { code } };
}

/** What a thrown value means: a line that cannot be true, a store that is full; anything else is the network. */
function endingOf(thrown: unknown): Ending {
  if (thrown instanceof ClientProblemError)
    return { type: 'outcome', outcome: { type: 'refused', problem: thrown.problem } };
  if (thrown instanceof StoreFailedError) return { type: 'outcome', outcome: refused('STORAGE_FAILED') };
  const damaged =
    thrown instanceof MalformedLineError || thrown instanceof BrokenStreamError || thrown instanceof LineTooLongError;
  return { type: damaged ? 'damaged' : 'cut' };
}
