import type { OnPart, ReadRecordsOptions, RecordBatch, Row, Statement, StatementReader } from '../warehouse.ts';
import { recordsOf, rowsOf } from './answers.ts';
import type { OracleRead } from './build-read.ts';
import type { OracleOptions } from './options.ts';
import { problemOfRead } from './problem.ts';
import type { Session } from './session.ts';

/** Where a reader has its sessions from. */
export interface SessionSource {
  /** What is asked of the database. @throws Error for values that are not those of the header. */
  prepare(statement: Statement): OracleRead;
  /** A session that is ready for the queries of the read. `name`: of the statement. */
  lend(name: string, read: OracleRead, signal: AbortSignal): Promise<Session>;
  /** Once the read is over, `error` if it failed. Never rejects. */
  takeBack(session: Session, error: unknown): Promise<void>;
}

/** Reads statements on sessions that are lent for one statement each. */
export class LentReader implements StatementReader {
  readonly #source: SessionSource;
  readonly #fetchRows: OracleOptions['fetchRows'];
  readonly #closing: AbortSignal;

  /** `closing`: aborted when the warehouse is closed. */
  constructor(source: SessionSource, { fetchRows }: OracleOptions, closing: AbortSignal) {
    this.#source = source;
    this.#fetchRows = fetchRows;
    this.#closing = closing;
  }

  async *readRecords(
    statement: Statement,
    { batchRecords, maxRecords, signal }: ReadRecordsOptions,
  ): AsyncGenerator<RecordBatch> {
    const either = AbortSignal.any([signal, this.#closing]);
    const limits = { batchRecords, maxRows: maxRecords, fetchRows: this.#fetchRows, signal: either };
    let session: Session | undefined;
    let failure: unknown;
    try {
      const read = this.#source.prepare(statement);
      if (read.queries.length === 0) return;
      session = await this.#source.lend(statement.name, read, either);
      yield* recordsOf(session, read, limits);
    } catch (error) {
      failure = problemOfRead(error, statement.name, either);
      throw failure;
    } finally {
      if (session) await this.#source.takeBack(session, failure);
    }
  }

  async readRows(statement: Statement, signal: AbortSignal, onPart?: OnPart): Promise<Row[]> {
    const either = AbortSignal.any([signal, this.#closing]);
    let session: Session | undefined;
    let failure: unknown;
    try {
      const read = this.#source.prepare(statement);
      if (read.queries.length === 0) return [];
      session = await this.#source.lend(statement.name, read, either);
      return await rowsOf(session, read, { fetchRows: this.#fetchRows, signal: either, onPart });
    } catch (error) {
      failure = problemOfRead(error, statement.name, either);
      throw failure;
    } finally {
      if (session) await this.#source.takeBack(session, failure);
    }
  }
}
