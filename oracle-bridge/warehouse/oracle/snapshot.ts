import { ProblemError } from '#protocol/problem.ts';
import type { OnPart, ReadRecordsOptions, RecordBatch, Row, Snapshot, Statement } from '../warehouse.ts';
import type { OracleRead } from './build-read.ts';
import { buildOracleRead } from './build-read.ts';
import type { SessionSource } from './lent-reader.ts';
import { LentReader } from './lent-reader.ts';
import type { OracleOptions } from './options.ts';
import { connectionLost } from './problem.ts';
import type { Session } from './session.ts';

/**
 * One read-only transaction on a session of its own. Its moment has no name: when the database no longer has it, the next
 * statement begins another transaction.
 */
export class TransactionSnapshot implements Snapshot, SessionSource {
  readonly moment = undefined;
  readonly #session: Session;
  readonly #options: OracleOptions;
  readonly #reader: LentReader;
  #isStale = false;

  private constructor(session: Session, options: OracleOptions, closing: AbortSignal) {
    this.#session = session;
    this.#options = options;
    this.#reader = new LentReader(this, options, closing);
  }

  /** `session` becomes the snapshot's, and goes back if there can be none. @throws what the driver throws. */
  static async begin(
    session: Session,
    { options, closing, signal }: { options: OracleOptions; closing: AbortSignal; signal: AbortSignal },
  ): Promise<TransactionSnapshot> {
    try {
      await session.beginReadOnly(signal);
      return new TransactionSnapshot(session, options, closing);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  readRecords(statement: Statement, options: ReadRecordsOptions): AsyncGenerator<RecordBatch> {
    return this.#reader.readRecords(statement, options);
  }

  async readRows(statement: Statement, signal: AbortSignal, onPart?: OnPart): Promise<Row[]> {
    return await this.#reader.readRows(statement, signal, onPart);
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  prepare(statement: Statement): OracleRead {
    return buildOracleRead(statement, this.#options);
  }

  async lend(_name: string, { load }: OracleRead, signal: AbortSignal): Promise<Session> {
    if (this.#session.isLost) throw connectionLost();
    if (load) throw new Error('a read-only transaction cannot outlive the loading of a list');
    if (this.#isStale) await this.#session.beginReadOnly(signal);
    this.#isStale = false;
    return this.#session;
  }

  async takeBack(_session: Session, error: unknown): Promise<void> {
    if (error instanceof ProblemError && error.code === 'SNAPSHOT_LOST') this.#isStale = true;
    await Promise.resolve();
  }
}
