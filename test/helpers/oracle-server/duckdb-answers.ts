import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { BIGINT, VARCHAR } from '@duckdb/node-api';
import { loadStatement } from '../../../oracle-bridge/warehouse/sql/loader.ts';
import type { OracleDouble } from '../oracle-on-duckdb.ts';
import { openOracleDouble, toDuckDb } from '../oracle-on-duckdb.ts';
import { withoutLiterals } from '../oracle-texts.ts';
import { statementsOf } from '../sql-statements.ts';
import type { Answer, AnswerRequest, BindValue, QueryAnswer } from './answers.ts';
import { OraFailure } from './answers.ts';
import type { Column } from './columns.ts';
import { DuckDbRows, describeColumns } from './duckdb-rows.ts';
import type { Parents } from './duckdb-walks.ts';
import { fillList, fillWalks, readParents } from './duckdb-walks.ts';

/** System change numbers start here and grow by one whenever somebody asks. */
const FIRST_SCN = 1_000_000;
const ASKS_SCN = /timestamp_to_scn\(systimestamp\)/;
const AS_OF = / as of scn :\w+/g;
const IS_QUERY = /^\s*(select|with)\b/i;
const CLEARS_LIST = /^\s*delete from LOTSTREAM_IDS\s*$/i;
const LOADS_LIST = /^\s*insert into LOTSTREAM_IDS\b/i;
/** Name of a bound value of a list. */
const LIST_BIND = /_\d+$/;
/** Names of the binds that are numbers, in whichever statement. */
const WHOLE_BINDS: ReadonlySet<string> = new Set(
  statementsOf('oracle').flatMap((statement) =>
    loadStatement('oracle', statement).binds.flatMap(({ name, type }) => (type === 'whole' ? name : [])),
  ),
);

/**
 * Answers of the test server from a DuckDB warehouse, whose tables are copied into memory: the bridge's Oracle texts run as
 * `openOracleDouble` runs them. LOTSTREAM_IDS has the rows of each session; `AS OF` reads what there is, for the tables
 * never change; `alter session` and the like do nothing.
 */
export class DuckDbAnswers {
  readonly #double: OracleDouble;
  readonly #parents: Parents;
  /** LOTSTREAM_IDS by session. */
  readonly #lists = new Map<number, Set<string>>();
  readonly #open = new Set<DuckDBConnection>();
  #lastScn = FIRST_SCN;

  private constructor(double: OracleDouble, parents: Parents) {
    this.#double = double;
    this.#parents = parents;
  }

  static async open(file: string): Promise<DuckDbAnswers> {
    const double = await openOracleDouble(file);
    return new DuckDbAnswers(double, await readParents(double.connection));
  }

  /** Queries whose rows are still to be read. */
  get inUse(): number {
    return this.#open.size;
  }

  /** To be called when no session is left. */
  close(): void {
    for (const connection of this.#open) this.#disconnect(connection);
    this.#double.close();
  }

  async answer(request: AnswerRequest): Promise<Answer> {
    const { sql, batch, session, parseOnly } = request;
    if (ASKS_SCN.test(sql)) return this.#answerScn();
    if (IS_QUERY.test(sql)) return parseOnly ? this.#describe(sql) : this.#query(request);
    if (parseOnly) return { rowCount: 0 };
    const list = this.#listOf(session.id);
    if (CLEARS_LIST.test(sql)) {
      const rowCount = list.size;
      list.clear();
      return { rowCount };
    }
    if (!LOADS_LIST.test(sql)) return { rowCount: 0 };
    for (const [value] of batch) addToList(list, value ?? null);
    return { rowCount: batch.length };
  }

  #answerScn(): Answer {
    this.#lastScn += 1;
    return { columns: [{ name: 'MOMENT', type: 'VARCHAR', size: 40 }], rows: [[String(this.#lastScn)]] };
  }

  async #describe(sql: string): Promise<QueryAnswer> {
    const connection = await this.#connect();
    try {
      return { columns: await describe(connection, toDuckDb(sql.replaceAll(AS_OF, ''))), rows: [] };
    } finally {
      this.#disconnect(connection);
    }
  }

  async #query({ sql, binds, session, signal }: AnswerRequest): Promise<QueryAnswer> {
    const list = [...this.#listOf(session.id)];
    const values = valuesOf(sql, binds);
    const text = toDuckDb(sql.replaceAll(AS_OF, ''));
    const connection = await this.#connect();
    const interrupt = () => connection.interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      await fillList(connection, list);
      await fillWalks(connection, text, { parents: this.#parents, starts: startsOf(values, list) });
      const { named, types } = toNamed(text, values);
      const result = await connection.stream(text, named, types);
      signal.throwIfAborted();
      const rows = new DuckDbRows(result, { interrupt, close: () => this.#disconnect(connection) });
      return { columns: rows.columns, rows };
    } catch (error) {
      this.#disconnect(connection);
      throw error;
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  #listOf(session: number): Set<string> {
    const list = this.#lists.get(session) ?? new Set();
    this.#lists.set(session, list);
    return list;
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#double.connect();
    this.#open.add(connection);
    return connection;
  }

  #disconnect(connection: DuckDBConnection): void {
    if (this.#open.delete(connection)) connection.closeSync();
  }
}

function addToList(list: Set<string>, value: BindValue): void {
  if (typeof value !== 'string') throw new OraFailure({ code: 1400, message: 'cannot insert NULL into ("ID")' });
  if (list.has(value)) throw new OraFailure({ code: 1, message: 'unique constraint (LOTSTREAM_IDS_KEY) violated' });
  list.add(value);
}

/** Values by name: the wire has values alone, one for each place of a name in the text. */
function valuesOf(sql: string, binds: readonly BindValue[]): ReadonlyMap<string, BindValue> {
  const names = bindsNamedIn(sql, ':');
  if (names.length !== binds.length) throw new OraFailure({ code: 1008, message: 'not all variables bound' });
  return new Map(names.map((name, index) => [name, binds[index] ?? null]));
}

/** One for each place, in their order; `mark` stands before a name. */
function bindsNamedIn(text: string, mark: ':' | '$'): string[] {
  return [...withoutLiterals(text).matchAll(/([:$])(\w+)/g)].flatMap(([, before, name]) =>
    before === mark && name !== undefined ? name : [],
  );
}

/** Where a walk begins: at the values of the statement's list, bound or loaded. */
function startsOf(values: ReadonlyMap<string, BindValue>, list: readonly string[]): string[] {
  const bound = [...values].flatMap(([name, value]) =>
    LIST_BIND.test(name) && typeof value === 'string' ? value : [],
  );
  return [...new Set(bound.length > 0 ? bound : list)];
}

/** DuckDB takes no value the rewritten text does not name. */
function toNamed(
  text: string,
  values: ReadonlyMap<string, BindValue>,
): { named: Record<string, DuckDBValue>; types: Record<string, DuckDBType> } {
  const used = new Set(bindsNamedIn(text, '$'));
  const named: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const [name, value] of values) {
    if (!used.has(name)) continue;
    if (value instanceof Date) throw new OraFailure({ code: 3115 });
    named[name] = typeof value === 'number' ? BigInt(value) : value;
    types[name] = typeof value === 'number' || typeof value === 'bigint' ? BIGINT : VARCHAR;
  }
  return { named, types };
}

/**
 * DuckDB knows the types of all columns only once every bind has a value. They are NULL, but for the values of a list: of
 * NULL alone it would be a list of integers.
 */
async function describe(connection: DuckDBConnection, text: string): Promise<readonly Column[]> {
  const names = bindsNamedIn(text, '$');
  const values = Object.fromEntries(names.map((name) => [name, LIST_BIND.test(name) ? '' : null]));
  const types = Object.fromEntries(names.map((name) => [name, WHOLE_BINDS.has(name) ? BIGINT : VARCHAR]));
  return describeColumns(await connection.stream(text, values, types));
}
