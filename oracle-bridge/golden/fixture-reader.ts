import type { FetchedRow } from '../encode/row-encoder.ts';
import { readFetchedRow } from '../encode/row-encoder.ts';
import type { OracleDialect } from '../warehouse/oracle/build-read.ts';
import type { Fixture } from '../warehouse/oracle/fixture-read.ts';
import { buildFixtureRead } from '../warehouse/oracle/fixture-read.ts';
import { joinParts } from '../warehouse/oracle/parts.ts';
import type { Query } from '../warehouse/sql/query.ts';
import type { Row, Statement, StatementReader } from '../warehouse/warehouse.ts';

/** Runs statements on a database in which every table is replaced by the rows of a fixture: nothing need be written. */
export class FixtureReader implements Pick<StatementReader, 'readRows'> {
  readonly #run: (query: Query) => Promise<FetchedRow[]>;
  readonly #walk: OracleDialect['walk'];
  readonly #fixture: Fixture;

  constructor(run: (query: Query) => Promise<FetchedRow[]>, walk: OracleDialect['walk'], fixture: Fixture) {
    this.#run = run;
    this.#walk = walk;
    this.#fixture = fixture;
  }

  async readRows(statement: Statement, signal: AbortSignal): Promise<Row[]> {
    const { file, queries } = buildFixtureRead(statement, this.#walk, this.#fixture);
    const answers: Row[][] = [];
    for (const query of queries) {
      signal.throwIfAborted();
      answers.push((await this.#run(query)).map((row) => readFetchedRow(file.columns, row)));
    }
    return joinParts(file, answers);
  }
}
