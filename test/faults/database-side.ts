import { setTimeout as delay } from 'node:timers/promises';
import { FaultProxy } from '../helpers/fault-proxy.ts';
import type { Answer, AnswerRequest, CellValue, Rows } from '../helpers/oracle-server/answers.ts';
import { OraFailure } from '../helpers/oracle-server/answers.ts';
import { DuckDbAnswers } from '../helpers/oracle-server/duckdb-answers.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';

const ORA_KILLED = 28;
/** A statement of a range has more rows than this. */
const FAIL_AT_ROW = 200;
/** What a bridge has let go of is gone by then, on a busy machine too. */
const SETTLE_LIMIT_MS = 5000;
const POLL_MS = 50;

interface ArmedError {
  readonly code: number;
  readonly fired: () => void;
}

/** The plant's database: Oracle's wire with the rows of a DuckDB file, a line to it, and what may go wrong at its end. */
export class DatabaseSide {
  readonly server: OracleServer;
  /** Between bridge and database. */
  readonly line: FaultProxy;
  readonly #answers: DuckDbAnswers;
  #mostSessions = 0;
  /** Sessions that nobody can end any more but the database itself. */
  readonly #forgotten = new Set<number>();
  #armed: ArmedError | undefined;
  #killed: { readonly sessions: ReadonlySet<number>; readonly told: () => void } | undefined;

  private constructor(parts: { server: OracleServer; line: FaultProxy; answers: DuckDbAnswers }) {
    this.server = parts.server;
    this.line = parts.line;
    this.#answers = parts.answers;
  }

  static async start(warehouseFile: string): Promise<DatabaseSide> {
    const answers = await DuckDbAnswers.open(warehouseFile);
    let side: DatabaseSide | undefined;
    const answer = (request: AnswerRequest): Promise<Answer> =>
      side ? side.#answer(request) : answers.answer(request);
    const server = await OracleServer.start({ ...TEST_LOGIN, answer });
    side = new DatabaseSide({ server, answers, line: await FaultProxy.start(server.port) });
    return side;
  }

  /** What a bridge is told to read it over the line. */
  variables(poolSize: number): Readonly<Record<string, string>> {
    return {
      WAREHOUSE: 'oracle',
      ORACLE_CONNECT_STRING: `127.0.0.1:${this.line.port}/${TEST_LOGIN.service}`,
      ORACLE_USER: TEST_LOGIN.user,
      ORACLE_PASSWORD: TEST_LOGIN.password,
      ORACLE_POOL_SIZE: String(poolSize),
    };
  }

  /** The most sessions that there were when one of them was answered, but for those of `forgetConnections`. */
  get mostSessions(): number {
    return this.#mostSessions;
  }

  /** The next statement that comes so far fails in the middle of its rows. Resolves when it has. */
  failNext(code: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#armed = { code, fired: resolve };
    return promise;
  }

  /** Every session there is now is told so, whatever it does next. Resolves when one has been told. */
  killSessions(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#killed = { sessions: new Set(this.server.sessions.map(({ id }) => id)), told: resolve };
    return promise;
  }

  /** The line carries nothing more over the connections there are, and neither end is told. @returns how many there were. */
  forgetConnections(): number {
    for (const { id } of this.server.sessions) this.#forgotten.add(id);
    return this.line.apply({ kind: 'mute' });
  }

  /** Takes every fault off. */
  async calm(): Promise<void> {
    this.#armed = undefined;
    this.#killed = undefined;
    this.server.breakAnswer = 'at once';
    this.line.calm();
    await this.server.refuse(undefined);
  }

  /** What is still in use although nobody reads, in the words of the table. */
  async findBusy(): Promise<string[]> {
    const busy = (): string[] => {
      const inTransaction = this.server.sessions.filter(({ transaction }) => transaction !== 'none').length;
      return describeLeft({
        transactions: inTransaction,
        cursors: this.server.cursorsOpen,
        queries: this.#answers.inUse,
      });
    };
    return await this.#untilNone(busy);
  }

  /** What is left although no bridge is there. */
  async findLeft(): Promise<string[]> {
    const left = (): string[] =>
      describeLeft({
        sockets: this.server.sockets,
        sessions: this.server.sessions.length,
        connections: this.line.connections,
        queries: this.#answers.inUse,
      });
    return await this.#untilNone(left);
  }

  /** To be called when no bridge is left. */
  async close(): Promise<void> {
    await this.line.close();
    await this.server.close();
    this.#answers.close();
  }

  async #untilNone(find: () => string[]): Promise<string[]> {
    const untilMs = performance.now() + SETTLE_LIMIT_MS;
    while (find().length > 0 && performance.now() < untilMs) await delay(POLL_MS);
    return find();
  }

  async #answer(request: AnswerRequest): Promise<Answer> {
    const sessions = this.server.sessions.filter(({ id }) => !this.#forgotten.has(id)).length;
    this.#mostSessions = Math.max(this.#mostSessions, sessions);
    this.#refuseKilled(request.session.id);
    const answer = await this.#answers.answer(request);
    if (!('columns' in answer)) return answer;
    const rows = new WatchedRows(answer.rows, (count) => {
      this.#refuseKilled(request.session.id);
      if (count === FAIL_AT_ROW) this.#failArmed();
    });
    return { ...answer, rows };
  }

  #failArmed(): void {
    const armed = this.#armed;
    if (!armed) return;
    this.#armed = undefined;
    armed.fired();
    throw new OraFailure({ code: armed.code });
  }

  #refuseKilled(session: number): void {
    if (!this.#killed?.sessions.has(session)) return;
    this.#killed.told();
    throw new OraFailure({ code: ORA_KILLED });
  }
}

/** Rows of which each is announced. A generator would not let go of rows that nobody has begun to read. */
class WatchedRows implements AsyncIterableIterator<readonly CellValue[]> {
  readonly #rows: Iterator<readonly CellValue[]> | AsyncIterator<readonly CellValue[]>;
  readonly #onRow: (count: number) => void;
  #count = 0;

  /** `onRow`: with the number of rows before it; what it throws comes in place of the row. */
  constructor(rows: Rows, onRow: (count: number) => void) {
    this.#rows = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
    this.#onRow = onRow;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<readonly CellValue[], undefined>> {
    this.#onRow(this.#count++);
    const next = await this.#rows.next();
    return next.done === true ? { done: true, value: undefined } : next;
  }

  async return(): Promise<IteratorResult<readonly CellValue[], undefined>> {
    await this.#rows.return?.();
    return { done: true, value: undefined };
  }
}

function describeLeft(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([what, count]) => (count > 0 ? `${count} ${what} left` : []));
}
