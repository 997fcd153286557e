import { setImmediate } from 'node:timers/promises';
import type { CellValue, QueryAnswer, Rows } from './answers.ts';
import { OraFailure } from './answers.ts';
import type { BindShape } from './binds.ts';
import type { Column } from './columns.ts';
import { writeRow } from './columns.ts';
import { rowHeader } from './messages.ts';
import { TtcWriter } from './ttc-writer.ts';

/** Rows between two looks at what came in on the socket. */
const ROWS_A_TURN = 500;
const FAULTS = ['failAtRow', 'hangAtRow', 'stallAtRow', 'cutAtRow'] as const;

/** The socket is to be cut, after what was written of the answer. */
export class CutHere extends Error {
  readonly written: Buffer;

  constructor(written: Buffer) {
    super('cut');
    this.written = written;
  }
}

/** Nobody waits for the answer any more. */
export class CallAborted extends Error {}

/** A parsed statement and, while it is read, its result set. */
export class Cursor {
  readonly id: number;
  sql: string;
  shapes: readonly BindShape[] = [];
  /** Type codes of the columns, once the session has defined them. */
  defines: readonly number[] | undefined;
  columns: readonly Column[] = [];
  #answer: QueryAnswer | undefined;
  #rows: Iterator<readonly CellValue[]> | AsyncIterator<readonly CellValue[]> | undefined;
  #hasFaults = false;
  #rowCount = 0;

  constructor(id: number, sql: string) {
    this.id = id;
    this.sql = sql;
  }

  /** Whether rows are left to be fetched. */
  get isOpen(): boolean {
    return this.#answer !== undefined;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /** CLOB columns are given once they were defined. */
  get isReadable(): boolean {
    return this.defines !== undefined || this.columns.every(({ type }) => type !== 'CLOB');
  }

  open(answer: QueryAnswer): void {
    this.cancel();
    this.#answer = answer;
    this.#hasFaults = FAULTS.some((fault) => answer[fault] !== undefined);
    this.#rows = iterate(answer.rows);
    this.#rowCount = 0;
  }

  /** Lets the rest of the rows go. */
  cancel(): void {
    const rows = this.#rows;
    this.#end();
    // Whoever makes the rows may be in the middle of one: it learns by the signal, and nobody waits for it here.
    if (rows?.return) Promise.resolve(rows.return()).catch(() => undefined);
  }

  /**
   * Up to `count` rows as messages. @returns them, and whether they were the last ones.
   * @throws OraFailure, CutHere, CallAborted
   */
  async fetch(count: number, signal: AbortSignal): Promise<{ readonly bytes: Buffer; readonly isEnd: boolean }> {
    const writer = new TtcWriter().raw(rowHeader());
    for (let fetched = 0; fetched < count; fetched++) {
      if (fetched % ROWS_A_TURN === ROWS_A_TURN - 1) await unlessAborted(setImmediate(), signal);
      if (this.#hasFaults) await this.#sufferFault(writer, signal);
      const next = this.#rows?.next();
      const row = this.#take(next instanceof Promise ? await unlessAborted(next, signal) : next);
      if (row === undefined) return { bytes: writer.done(), isEnd: true };
      writeRow(writer, this.columns, row, this.defines);
      this.#rowCount += 1;
    }
    return { bytes: writer.done(), isEnd: false };
  }

  #take(next: IteratorResult<readonly CellValue[], unknown> | undefined): readonly CellValue[] | undefined {
    if (next && next.done !== true) return next.value;
    this.#end();
    return undefined;
  }

  async #sufferFault(writer: TtcWriter, signal: AbortSignal): Promise<void> {
    const { stallAtRow, cutAtRow, hangAtRow, failAtRow } = this.#answer ?? {};
    const row = this.#rowCount;
    if (stallAtRow?.row === row) await unlessAborted(stallAtRow.until, signal);
    if (cutAtRow === row) throw new CutHere(writer.done());
    if (hangAtRow === row) await unlessAborted(new Promise(() => undefined), signal);
    if (failAtRow?.row === row) throw new OraFailure(failAtRow);
  }

  #end(): void {
    this.#answer = undefined;
    this.#rows = undefined;
  }
}

function iterate(rows: Rows): Iterator<readonly CellValue[]> | AsyncIterator<readonly CellValue[]> {
  return Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
}

/** @throws CallAborted when the signal comes first. */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new CallAborted());
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
