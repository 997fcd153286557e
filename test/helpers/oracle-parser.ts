import { init, parse } from '@guanmingchiu/sqlparser-ts';

/**
 * Syntax of 19c that the parser does not know, by name. Each is taken out before the rest is parsed, and only as it is
 * written here, so that a slip inside it is refused as well.
 */
const UNKNOWN_SYNTAX: Readonly<Record<string, { readonly written: RegExp; readonly instead: string }>> = {
  'CYCLE of a recursive WITH': { written: /\)\ncycle [A-Z]+ set IS_CYCLE to 'Y' default 'N'(?=,\n)/g, instead: ')' },
  'ON ERROR of a whole JSON_TABLE': { written: /(?<='\$\[\*\]') error on error(?=\n\s+columns \()/g, instead: '' },
};

await init();

/** The syntax tree of the one statement. @throws Error where the text is not Oracle's SQL. */
export function parseOracle(text: string): OracleTree {
  const [tree, ...more] = parse(withoutUnknown(text), 'oracle') as unknown as OracleTree[];
  if (!tree || more.length > 0) throw new Error('not exactly one statement');
  return tree;
}

/** Names of the unknown syntax that a text uses. */
export function unknownSyntaxIn(text: string): string[] {
  return Object.entries(UNKNOWN_SYNTAX)
    .filter(([, { written }]) => text.search(written) >= 0)
    .map(([name]) => name);
}

function withoutUnknown(text: string): string {
  return Object.values(UNKNOWN_SYNTAX).reduce((rest, { written, instead }) => rest.replaceAll(written, instead), text);
}

interface Named {
  readonly value: string;
}
type Expression = { readonly Identifier?: Named; readonly CompoundIdentifier?: readonly Named[] };
interface OracleTree {
  readonly Query?: {
    readonly body: {
      readonly Select?: {
        readonly projection: readonly {
          readonly UnnamedExpr?: Expression;
          readonly ExprWithAlias?: { readonly alias: Named };
        }[];
      };
    };
  };
}

/** Names of the columns a query selects; `undefined` for an expression without a name. */
export function columnsOf(tree: OracleTree): (string | undefined)[] {
  const select = tree.Query?.body.Select;
  if (!select) throw new Error('not a plain query');
  return select.projection.map(
    ({ UnnamedExpr: expression, ExprWithAlias: named }) =>
      named?.alias.value ?? expression?.Identifier?.value ?? expression?.CompoundIdentifier?.at(-1)?.value,
  );
}
