import { loadStatement } from '../sql/loader.ts';
import type {
  OnPart,
  ReadingJob,
  ReadRecordsOptions,
  RecordBatch,
  Row,
  Snapshot,
  Statement,
  StatementReader,
  Warehouse,
  WarehouseReader,
} from '../warehouse.ts';
import { readAsOf, readScn } from './as-of.ts';
import { buildOracleRead } from './build-read.ts';
import type { SessionSource } from './lent-reader.ts';
import { LentReader } from './lent-reader.ts';
import { planLoad } from './load.ts';
import type { OracleOptions } from './options.ts';
import type { PoolOptions } from './pool.ts';
import { OraclePool } from './pool.ts';
import { momentUnknown, problemOfRead } from './problem.ts';
import { TransactionSnapshot } from './snapshot.ts';

/** Logs in once, so that a database which does not answer is noticed here. @throws ProblemError WAREHOUSE_UNAVAILABLE. */
export async function openOracle(options: PoolOptions): Promise<OracleWarehouse> {
  const pool = new OraclePool(options);
  try {
    const session = await pool.take({ action: 'open', clientId: '' }, new AbortController().signal);
    const { version } = session;
    await session.release();
    return new OracleWarehouse(pool, options, version);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

export class OracleWarehouse implements Warehouse {
  readonly description: string;
  readonly #pool: OraclePool;
  readonly #options: OracleOptions;

  /** `version` as the database gives it, five numbers. */
  constructor(pool: OraclePool, options: OracleOptions, version: string) {
    this.#pool = pool;
    this.#options = options;
    this.description = `oracle ${version.split('.').slice(0, 2).join('.')}`;
  }

  /** Sessions that are lent, and connections there are. */
  get usage(): { readonly sessions: number; readonly connections: number } {
    return { sessions: this.#pool.inUse, connections: this.#pool.connections };
  }

  readerFor(job: ReadingJob): WarehouseReader {
    return new OracleReader(this.#pool, this.#options, job);
  }

  /** Rows of the driver are objects of the heap: there is nothing beside it. */
  trimMemory(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

/** The reads of one job. */
class OracleReader implements WarehouseReader {
  readonly #pool: OraclePool;
  readonly #options: OracleOptions;
  readonly #job: ReadingJob;
  readonly #present: StatementReader;
  #scn: Promise<number> | undefined;

  constructor(pool: OraclePool, options: OracleOptions, job: ReadingJob) {
    this.#pool = pool;
    this.#options = options;
    this.#job = job;
    this.#present = this.#readerAt(undefined);
  }

  readRecords(statement: Statement, options: ReadRecordsOptions): AsyncIterable<RecordBatch> {
    return this.#present.readRecords(statement, options);
  }

  async readRows(statement: Statement, signal: AbortSignal, onPart?: OnPart): Promise<Row[]> {
    return await this.#present.readRows(statement, signal, onPart);
  }

  /**
   * A job whose records come from a named moment already goes on at that one, whatever is configured now. Statements of a
   * named moment need no common session.
   */
  async openSnapshot(name: string, signal: AbortSignal): Promise<Snapshot> {
    const either = AbortSignal.any([signal, this.#pool.closing]);
    try {
      if (this.#options.snapshot === 'domain' && this.#job.moment === undefined) {
        const session = await this.#pool.take({ action: name, clientId: this.#job.jobId }, either);
        return await TransactionSnapshot.begin(session, {
          options: this.#options,
          closing: this.#pool.closing,
          signal: either,
        });
      }
      const scn = await this.#findScn(either);
      const reader = this.#readerAt(scn, name);
      return {
        moment: String(scn),
        readRecords: (statement, options) => reader.readRecords(statement, options),
        readRows: (statement, limited, onPart) => reader.readRows(statement, limited, onPart),
        close: () => Promise.resolve(),
      };
    } catch (error) {
      throw problemOfRead(error, name, either);
    }
  }

  /** `scn`: of the moment that is read; `undefined`: the present. `name`: of the snapshot. */
  #readerAt(scn: number | undefined, name?: string): LentReader {
    const source: SessionSource = {
      prepare: (statement) => {
        const read = buildOracleRead(statement, this.#options);
        return scn === undefined ? read : { ...read, queries: read.queries.map((query) => readAsOf(query, scn)) };
      },
      lend: async (statement, { load, queries }, signal) => {
        const session = await this.#pool.take({ action: name ?? statement, clientId: this.#job.jobId }, signal);
        try {
          if (load) await session.load(planLoad(load), signal);
          if (scn === undefined && queries.length > 1) await session.beginReadOnly(signal);
          return session;
        } catch (error) {
          await session.release();
          throw error;
        }
      },
      takeBack: (session) => session.release(),
    };
    return new LentReader(source, this.#options, this.#pool.closing);
  }

  /** The same for all snapshots of the job. What fails is tried again by the next one. */
  async #findScn(signal: AbortSignal): Promise<number> {
    const { moment } = this.#job;
    if (moment !== undefined) {
      const scn = readScn(moment);
      if (scn === undefined) throw momentUnknown();
      return scn;
    }
    const asked = (this.#scn ??= this.#askScn(signal));
    try {
      return await asked;
    } catch (error) {
      if (this.#scn === asked) this.#scn = undefined;
      throw error;
    }
  }

  async #askScn(signal: AbortSignal): Promise<number> {
    const session = await this.#pool.take({ action: 'moment', clientId: this.#job.jobId }, signal);
    try {
      const { body } = loadStatement('oracle', 'setup/read-moment');
      const { rows } = await session.callBriefly(signal, (driver) => driver.execute(body));
      const scn = readScn(String(rows?.[0]?.[0]));
      if (scn === undefined) throw new Error('the database gave no system change number');
      return scn;
    } finally {
      await session.release();
    }
  }
}
