import { readFile } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { DuckDBInstance, StatementType } from '@duckdb/node-api';
import { spillDirectoryOf } from './partial-file.ts';

/** Most memory the database takes; a slice needs a small part of it. */
const MEMORY_LIMIT = '2GB';
/** An interrupt is lost if the statement has not begun yet, so it is repeated this often until the statement threw. */
const INTERRUPT_REPEAT_MS = 20;
const SQL_FOLDER = new URL('../../sql/duckdb/', import.meta.url);

/** A database file that is being made. Nobody else reads it, so it needs no write-ahead log. */
export class SampleDatabase {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #signal: AbortSignal;
  readonly #sqlOfName = new Map<string, string>();

  static async create(file: string, options: { threads: number; signal: AbortSignal }): Promise<SampleDatabase> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(options.threads),
      memory_limit: MEMORY_LIMIT,
      temp_directory: spillDirectoryOf(file),
    });
    const database = new SampleDatabase(instance, await instance.connect(), options.signal);
    try {
      await database.run(`attach ${quote(file)} as sample (recovery_mode no_wal_writes); use sample`);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  }

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, signal: AbortSignal) {
    this.#instance = instance;
    this.#connection = connection;
    this.#signal = signal;
  }

  /** Runs SQL text. @throws the signal's reason once it is aborted and the statement has stopped. */
  async run(sql: string, values: DuckDBValue[] = []): Promise<void> {
    await this.#interruptibly(() => this.#connection.run(sql, values));
  }

  /** Runs the statements of `sql/duckdb/<name>.sql` in order; answers how many rows they inserted. */
  async runFile(name: string): Promise<number> {
    const statements = await this.#connection.extractStatements(await this.#readSql(name));
    let rows = 0;
    for (let index = 0; index < statements.count; index++) {
      const statement = await statements.prepare(index);
      try {
        const result = await this.#interruptibly(() => statement.run());
        if (statement.statementType === StatementType.INSERT) rows += result.rowsChanged;
      } finally {
        statement.destroySync();
      }
    }
    return rows;
  }

  /** Sets variables that statements read by `getvariable`. Numbers become BIGINT. */
  async setVariables(variables: Readonly<Record<string, number | string | readonly number[]>>): Promise<void> {
    for (const [name, value] of Object.entries(variables)) {
      const literal =
        typeof value === 'string'
          ? quote(value)
          : `${JSON.stringify(value)}::bigint${Array.isArray(value) ? '[]' : ''}`;
      await this.run(`set variable ${name} = ${literal}`);
    }
  }

  /** Writes everything and closes the file. After it the file is all there is. */
  async finish(): Promise<void> {
    await this.run('use memory; detach sample');
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** Files are read once, so that an edit during a long run does not make a mixed sample. */
  async #readSql(name: string): Promise<string> {
    const text = this.#sqlOfName.get(name) ?? (await readFile(new URL(`${name}.sql`, SQL_FOLDER), 'utf8'));
    this.#sqlOfName.set(name, text);
    return text;
  }

  async #interruptibly<T>(start: () => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    let repeat: NodeJS.Timeout | undefined;
    const interrupt = () => {
      this.#connection.interrupt();
      repeat ??= setInterval(interrupt, INTERRUPT_REPEAT_MS);
    };
    this.#signal.addEventListener('abort', interrupt);
    try {
      return await start();
    } catch (error) {
      this.#signal.throwIfAborted();
      throw error;
    } finally {
      this.#signal.removeEventListener('abort', interrupt);
      clearInterval(repeat);
    }
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
