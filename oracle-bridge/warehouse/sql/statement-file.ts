/**
 * A file of `sql/<dialect>/`: a header of comment lines, then one SELECT without its ORDER BY. The header is what the
 * builder works with, so it cannot go stale:
 *
 *     -- Purpose: one sentence or more.
 *     -- Binds:   ids list, now time
 *     -- Spans:   history DWH.DW_MES_LOTWIPHISTORY
 *     -- Parts:   rows
 *     -- Columns: CONTAINERID text, TRACKINQTY whole
 *     -- Order:   TRACKINTIMESTAMP, CONTAINERID
 *     -- Limit:   most
 *     -- Slow:    yes
 *     -- Timeout: 120
 *
 * A line that begins with `--` and more than one blank goes on with the entry above it. `Spans` (DuckDB only) names
 * tables of which only the rows near the ids are read; `Parts` (Oracle only) says how answers for parts of the list make
 * one answer; `Order` is SQL over the columns; `Limit` (optional) names the bind that says how many rows there are at
 * most, the first ones in that order. `Slow` (optional) marks a statement that reads a large table or index as a whole, or as
 * much of it as its caller asks for; `Timeout` (optional) gives the seconds after which it is too slow, whatever others
 * may take.
 */
export interface StatementFile {
  readonly name: string;
  readonly purpose: string;
  readonly binds: readonly BindDeclaration[];
  readonly spans: readonly SpanDeclaration[];
  /** `undefined`: the list, if there is one, must not be cut. */
  readonly parts: PartsRule | undefined;
  readonly columns: readonly ColumnDeclaration[];
  readonly order: string;
  readonly limit: string | undefined;
  readonly slow: boolean;
  readonly timeoutSeconds: number | undefined;
  /** May hold slots, `{{ fragment }}` and, in Oracle's, `{{ list ids }}` and `{{ rows ids }}`. */
  readonly body: string;
}

/** `list`: of text. `time`: text `YYYY-MM-DDTHH:MM:SS`, plant time. */
export const BIND_TYPES = ['list', 'text', 'time', 'whole'] as const;
export type BindType = (typeof BIND_TYPES)[number];
export interface BindDeclaration {
  readonly name: string;
  readonly type: BindType;
}

/** `whole` and `decimal` are exact numbers, `double` is not and may hold NaN. */
export const COLUMN_TYPES = ['text', 'time', 'whole', 'decimal', 'double'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];
export interface ColumnDeclaration {
  readonly name: string;
  readonly type: ColumnType;
}

export interface SpanDeclaration {
  readonly name: string;
  readonly table: string;
}

/**
 * `rows`: every row belongs to one value of the list, so the rows of the parts are all there are. `least A of B`: rows
 * with the same B are one, that with the least A.
 */
export type PartsRule =
  | { readonly keep: 'rows' }
  | { readonly keep: 'least'; readonly least: string; readonly of: string };

const ENTRIES = ['Purpose', 'Binds', 'Spans', 'Parts', 'Columns', 'Order', 'Limit', 'Slow', 'Timeout'] as const;
type Entry = (typeof ENTRIES)[number];

/** @throws Error that names the file and what is wrong with its header. */
export function parseStatementFile(name: string, text: string): StatementFile {
  const lines = text.split('\n');
  const headerLines = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('--')),
  );
  const entries = readEntries(name, headerLines);
  const body = lines.slice(headerLines.length).join('\n').trim();
  if (!body || body.includes(';')) throw new Error(`${name}: must hold one statement, without a semicolon`);
  const binds = readPairs(name, requireEntry(name, entries, 'Binds')).map(([bind, type]) => ({
    name: bind,
    type: oneOf(name, BIND_TYPES, type),
  }));
  const limit = entries.get('Limit');
  if (limit !== undefined && !binds.some((bind) => bind.name === limit && bind.type === 'whole'))
    throw new Error(`${name}: ${limit} limits the rows, but is no bind that is whole`);
  return {
    name,
    purpose: requireEntry(name, entries, 'Purpose'),
    binds,
    spans: readPairs(name, entries.get('Spans') ?? 'none').map(([span, table]) => ({ name: span, table })),
    parts: readParts(name, entries.get('Parts')),
    columns: readPairs(name, requireEntry(name, entries, 'Columns')).map(([column, type]) => ({
      name: column,
      type: oneOf(name, COLUMN_TYPES, type),
    })),
    order: requireEntry(name, entries, 'Order'),
    limit,
    slow: readSlow(name, entries.get('Slow')),
    timeoutSeconds: readTimeout(name, entries.get('Timeout')),
    body,
  };
}

function readEntries(name: string, lines: readonly string[]): Map<Entry, string> {
  const entries = new Map<Entry, string>();
  let current: Entry | undefined;
  for (const line of lines) {
    const begun = /^-- ([A-Z][a-z]+): +(.*)$/.exec(line);
    if (begun) {
      current = oneOf(name, ENTRIES, begun[1]);
      if (entries.has(current)) throw new Error(`${name}: header entry ${current} stands twice`);
      entries.set(current, begun[2]?.trim() ?? '');
    } else if (current && /^-- {2,}\S/.test(line)) {
      entries.set(current, `${entries.get(current)} ${line.slice(2).trim()}`);
    } else {
      throw new Error(`${name}: header line not understood: ${line}`);
    }
  }
  return entries;
}

function requireEntry(name: string, entries: ReadonlyMap<Entry, string>, entry: Entry): string {
  const value = entries.get(entry);
  if (!value) throw new Error(`${name}: header entry ${entry} is missing`);
  return value;
}

/** `a b, c d` → pairs; `none` → no pairs. */
function readPairs(name: string, list: string): [string, string][] {
  if (list === 'none') return [];
  return list.split(',').map((item) => {
    const [first, second, ...rest] = item.trim().split(/\s+/);
    if (!first || !second || rest.length > 0) throw new Error(`${name}: not a name and its type: ${item.trim()}`);
    return [first, second];
  });
}

function readParts(name: string, rule: string | undefined): PartsRule | undefined {
  if (rule === undefined) return undefined;
  if (rule === 'rows') return { keep: 'rows' };
  const [, least, of] = /^least ([A-Z_]+) of ([A-Z_]+)$/.exec(rule) ?? [];
  if (!least || !of) throw new Error(`${name}: not a rule for parts: ${rule}`);
  return { keep: 'least', least, of };
}

function readSlow(name: string, slow: string | undefined): boolean {
  return slow !== undefined && oneOf(name, ['yes'], slow) === 'yes';
}

function readTimeout(name: string, seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (!/^[1-9][0-9]{0,3}$/.test(seconds)) throw new Error(`${name}: not a number of seconds: ${seconds}`);
  return Number(seconds);
}

function oneOf<Value extends string>(name: string, values: readonly Value[], value: string | undefined): Value {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`${name}: ${value} is none of ${values.join(', ')}`);
  return found;
}
