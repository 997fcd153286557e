import type { Answer, AnswerRequest, BindValue, OraError, SessionInfo, TransactionState } from './answers.ts';
import { OraFailure } from './answers.ts';
import type { Call, EndToEndKey, ExecuteCall, Piggyback } from './calls.ts';
import { readRequest } from './calls.ts';
import { writeDescription } from './columns.ts';
import { CallAborted, Cursor, CutHere, unlessAborted } from './cursor.ts';
import { NO_DATA_FOUND, endCall, endPlainCall } from './messages.ts';
import { Transaction } from './transaction.ts';
import { TtcReader } from './ttc-reader.ts';
import { TtcWriter } from './ttc-writer.ts';

/** What is sent back for a request, and whether the socket is cut behind it. */
export interface Reply {
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

interface Execution {
  readonly cursor: Cursor;
  readonly batch: readonly (readonly BindValue[])[];
  /** False for a mere parse. */
  readonly runs: boolean;
  readonly fetches: number;
  readonly isParsed: boolean;
  readonly signal: AbortSignal;
}

/** State of one session, and what its calls do; it knows no socket. */
export class Session implements SessionInfo {
  readonly id: number;
  readonly statements: string[] = [];
  breaks = 0;
  readonly #answer: (request: AnswerRequest) => Answer | Promise<Answer>;
  readonly #cursors = new Map<number, Cursor>();
  readonly #transaction = new Transaction();
  readonly #endToEnd = new Map<EndToEndKey, string>();
  #lastCursorId = 0;

  constructor(id: number, answer: (request: AnswerRequest) => Answer | Promise<Answer>) {
    this.id = id;
    this.#answer = answer;
  }

  get module(): string {
    return this.#endToEnd.get('module') ?? '';
  }

  get action(): string {
    return this.#endToEnd.get('action') ?? '';
  }

  get clientId(): string {
    return this.#endToEnd.get('clientId') ?? '';
  }

  get transaction(): TransactionState {
    return this.#transaction.state;
  }

  get commits(): number {
    return this.#transaction.commits;
  }

  get rollbacks(): number {
    return this.#transaction.rollbacks;
  }

  get cursorsOpen(): number {
    return [...this.#cursors.values()].filter(({ isOpen }) => isOpen).length;
  }

  get cursorsHeld(): number {
    return this.#cursors.size;
  }

  /** Lets everything go: the socket is gone. */
  end(): void {
    for (const cursor of this.#cursors.values()) cursor.cancel();
    this.#cursors.clear();
  }

  /** The answer to a call that was broken. */
  endBroken(): Buffer {
    return endCall({ inTransaction: this.#transaction.isReported, error: { code: 1013 } });
  }

  /** @throws CallAborted when the signal comes before the answer. */
  async perform(request: Buffer, signal: AbortSignal): Promise<Reply> {
    try {
      const shapesOf = (cursorId: number) => this.#cursors.get(cursorId)?.shapes ?? [];
      const { piggybacks, call } = readRequest(new TtcReader(request), shapesOf);
      for (const piggyback of piggybacks) this.#follow(piggyback);
      return { bytes: await this.#call(call, signal), isCut: false };
    } catch (error) {
      if (error instanceof CallAborted) throw error;
      if (error instanceof CutHere) return { bytes: error.written, isCut: true };
      return { bytes: this.#endFailed(toOraError(error), 0), isCut: false };
    }
  }

  #follow(piggyback: Piggyback): void {
    if (piggyback.kind === 'end to end') {
      for (const [key, value] of Object.entries(piggyback.values)) this.#endToEnd.set(key as EndToEndKey, value);
    } else if (piggyback.kind !== 'schema') {
      for (const id of piggyback.cursorIds) {
        this.#cursors.get(id)?.cancel();
        if (piggyback.kind === 'close') this.#cursors.delete(id);
      }
    }
  }

  async #call(call: Call, signal: AbortSignal): Promise<Buffer> {
    switch (call.kind) {
      case 'execute':
        return this.#execute(call, signal);
      case 'reexecute': {
        const cursor = this.#cursorOf(call.cursorId);
        const { fetches, batch, commits } = call;
        return this.#finish(cursor, commits, () =>
          this.#run({ cursor, batch, runs: true, fetches, isParsed: false, signal }),
        );
      }
      case 'fetch': {
        const cursor = this.#cursorOf(call.cursorId);
        return this.#finish(cursor, false, () => this.#fetch(cursor, call.fetches, signal));
      }
      case 'commit':
        this.#transaction.commit();
        break;
      case 'rollback':
        this.#transaction.rollback();
        break;
      case 'ping':
      case 'logoff':
        break;
    }
    return endPlainCall(this.#transaction.isReported);
  }

  async #execute(call: ExecuteCall, signal: AbortSignal): Promise<Buffer> {
    if (call.cursorId !== 0) {
      const cursor = this.#cursorOf(call.cursorId);
      return this.#finish(cursor, call.commits, () => this.#executeOn(cursor, call, signal));
    }
    const cursor = new Cursor(++this.#lastCursorId, call.sql ?? '');
    this.#cursors.set(cursor.id, cursor);
    try {
      const bytes = await this.#executeOn(cursor, call, signal);
      if (call.commits) this.#transaction.commit();
      return bytes;
    } catch (error) {
      // The driver has not learned its number and could not close it.
      cursor.cancel();
      this.#cursors.delete(cursor.id);
      throw error;
    }
  }

  async #executeOn(cursor: Cursor, call: ExecuteCall, signal: AbortSignal): Promise<Buffer> {
    if (call.sql !== undefined) cursor.sql = call.sql;
    if (call.defines) {
      cursor.defines = call.defines;
      return this.#fetch(cursor, call.fetches, signal);
    }
    cursor.shapes = call.shapes;
    const { batch, runs, fetches } = call;
    return this.#run({ cursor, batch, runs, fetches, isParsed: call.sql !== undefined, signal });
  }

  /** Runs a call on a cursor the driver knows: an error says which, so that the driver closes it. */
  async #finish(cursor: Cursor, commits: boolean, work: () => Promise<Buffer>): Promise<Buffer> {
    try {
      const bytes = await work();
      if (commits) this.#transaction.commit();
      return bytes;
    } catch (error) {
      if (error instanceof CutHere) throw error;
      cursor.cancel();
      if (error instanceof CallAborted) throw error;
      return this.#endFailed(toOraError(error), cursor.id);
    }
  }

  async #run({ cursor, batch, runs, fetches, isParsed, signal }: Execution): Promise<Buffer> {
    const { sql } = cursor;
    if (runs) {
      this.statements.push(sql);
      this.#transaction.check(sql);
    }
    const request = { sql, binds: batch[0] ?? [], batch, parseOnly: !runs, session: this, signal };
    const answer = await unlessAborted(Promise.resolve(this.#answer(request)), signal);
    if ('error' in answer) throw new OraFailure(answer.error);
    if ('cut' in answer) throw new CutHere(Buffer.alloc(0));
    if (runs) this.#transaction.follow(sql);
    if ('rowCount' in answer) return this.#endCall(cursor, answer.rowCount);

    const isDescribed = isParsed || JSON.stringify(answer.columns) !== JSON.stringify(cursor.columns);
    cursor.columns = answer.columns;
    const writer = new TtcWriter();
    if (isDescribed) writeDescription(writer, answer.columns);
    if (!runs) return writer.raw(this.#endCall(cursor, 0)).done();
    cursor.open(answer);
    return writer.raw(await this.#fetch(cursor, cursor.isReadable ? fetches : 0, signal)).done();
  }

  async #fetch(cursor: Cursor, count: number, signal: AbortSignal): Promise<Buffer> {
    const { bytes, isEnd } = await cursor.fetch(count, signal);
    const end = isEnd ? this.#endFailed({ code: NO_DATA_FOUND, message: 'no data found' }, cursor.id) : undefined;
    return Buffer.concat([bytes, end ?? this.#endCall(cursor, cursor.rowCount)]);
  }

  #endCall(cursor: Cursor, rowCount: number): Buffer {
    return endCall({ cursorId: cursor.id, rowCount, inTransaction: this.#transaction.isReported });
  }

  #endFailed(error: OraError, cursorId: number): Buffer {
    return endCall({ cursorId, inTransaction: this.#transaction.isReported, error });
  }

  #cursorOf(id: number): Cursor {
    const cursor = this.#cursors.get(id);
    if (!cursor) throw new OraFailure({ code: 1001 });
    return cursor;
  }
}

/** What failed in the server itself has a code of applications: the driver would take ORA-00600 for a lost connection. */
function toOraError(error: unknown): OraError {
  if (error instanceof OraFailure) return error.ora;
  return { code: 20_000, message: `the test server failed: ${error instanceof Error ? error.message : String(error)}` };
}
