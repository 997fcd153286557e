import { createRequire } from 'node:module';
import type { OracleDialect } from '../../oracle-bridge/warehouse/oracle/build-read.ts';
import { buildOracleRead, loadOracleStatement } from '../../oracle-bridge/warehouse/oracle/build-read.ts';
import type { Query } from '../../oracle-bridge/warehouse/sql/query.ts';
import { statementsOf, VALUE_OF } from './sql-statements.ts';

export const DIALECTS: readonly OracleDialect[] = (['bound', 'loaded'] as const).flatMap((lists) =>
  (['connect-by', 'recursive'] as const).map((walk) => ({ lists, walk })),
);

/** A query of a statement for a list of `values` values. */
export interface OracleText extends Query {
  readonly statement: string;
  readonly title: string;
}

/** Both sizes of every statement in every dialect. */
export function allOracleTexts(): OracleText[] {
  return statementsOf('oracle').flatMap((statement) =>
    DIALECTS.flatMap((dialect) =>
      [1, 101].flatMap((values) =>
        oracleTextsOf(statement, dialect, values).map((query) => ({
          ...query,
          statement,
          title: `${statement}, ${dialect.walk}, ${values} ${dialect.lists}`,
        })),
      ),
    ),
  );
}

export function oracleTextsOf(statement: string, dialect: OracleDialect, values: number): readonly Query[] {
  const list = Array.from({ length: values }, (_, index) => `v${index}`);
  const { binds } = loadOracleStatement(statement, dialect.walk);
  const given = binds.map(({ name, type }) => [name, type === 'list' ? list : VALUE_OF[type]('a')] as const);
  return buildOracleRead({ name: statement, binds: Object.fromEntries(given) }, dialect).queries;
}

/** SQL without its literals, quoted names, comments and hints: what is left is names, words and binds. */
export function withoutLiterals(text: string): string {
  return text
    .replaceAll(/\/\*.*?\*\//gs, ' ')
    .replaceAll(/--.*$/gm, ' ')
    .replaceAll(/'(?:[^']|'')*'/g, "'?'");
}

/** Names of the binds of a text, each once. */
export function bindsNamedIn(text: string): string[] {
  const names = [...withoutLiterals(text).matchAll(/:(\w+)/g)].flatMap(([, name]) => name ?? []);
  return [...new Set(names)];
}

/** What the driver itself finds in a text before it sends it. */
interface DriverStatement {
  readonly isQuery: boolean;
  /** A bind for each place, not for each name; names in capitals. */
  readonly bindInfoList: readonly { readonly bindName: string }[];
  _prepare(text: string): void;
}

const { Statement } = createRequire(import.meta.url)('oracledb/lib/thin/statement.js') as {
  Statement: new () => DriverStatement;
};

export function readAsDriver(text: string): DriverStatement {
  const statement = new Statement();
  statement._prepare(text);
  return statement;
}
