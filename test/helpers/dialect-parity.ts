import { parseStatementFile } from '../../oracle-bridge/warehouse/sql/statement-file.ts';

/** Texts of one dialect: statements by name and fragments by name. */
export interface DialectFiles {
  readonly statements: ReadonlyMap<string, string>;
  readonly fragments: ReadonlyMap<string, string>;
}

/**
 * How a list is read and how links are walked is each dialect's own: Oracle's needs no fragment where the list stands in an
 * IN, nor for CONNECT BY.
 */
const OWN_FRAGMENTS = new Set(['range-ids', 'descendant-walk']);

/** What one dialect has and the other has not, or has otherwise, in words; nothing if they say the same. */
export function findDifferences(duckdb: DialectFiles, oracle: DialectFiles): string[] {
  return [
    ...namesOfOne('statement', duckdb.statements, oracle.statements),
    ...namesOfOne('fragment', duckdb.fragments, oracle.fragments),
    ...[...duckdb.statements].flatMap(([name, text]) => {
      const other = oracle.statements.get(name);
      return other === undefined ? [] : differencesOfStatement(name, text, other);
    }),
    ...[...duckdb.fragments].flatMap(([name, text]) => {
      const other = oracle.fragments.get(name);
      const isSame = other === undefined || OWN_FRAGMENTS.has(name) || saysTheSame(text, other);
      return isSame ? [] : [`the rule of fragment ${name} differs`];
    }),
  ];
}

function namesOfOne(what: string, duckdb: ReadonlyMap<string, string>, oracle: ReadonlyMap<string, string>): string[] {
  return [
    ...[...duckdb.keys()].filter((name) => !oracle.has(name)).map((name) => `${what} ${name} is DuckDB's only`),
    ...[...oracle.keys()].filter((name) => !duckdb.has(name)).map((name) => `${what} ${name} is Oracle's only`),
  ];
}

function differencesOfStatement(name: string, duckdbText: string, oracleText: string): string[] {
  const duckdb = parseStatementFile(name, duckdbText);
  const oracle = parseStatementFile(name, oracleText);
  const differences: string[] = [];
  const compare = (what: string, one: string, other: string): void => {
    if (one !== other) differences.push(`${what} of ${name} differ: ${one} | ${other}`);
  };
  const list = (pairs: readonly { name: string; type: string }[]) => pairs.map((pair) => `${pair.name} ${pair.type}`);
  compare('binds', list(duckdb.binds).join(', '), list(oracle.binds).join(', '));
  compare('columns', list(duckdb.columns).join(', '), list(oracle.columns).join(', '));
  compare('orders', normalOrder(duckdb.order), normalOrder(oracle.order));
  compare('limits', duckdb.limit ?? 'none', oracle.limit ?? 'none');
  compare('speeds', String(duckdb.slow), String(oracle.slow));
  compare('timeouts', String(duckdb.timeoutSeconds), String(oracle.timeoutSeconds));
  compare('fragments', fragmentsOf(duckdb.body), fragmentsOf(oracle.body));
  if (oracle.spans.length > 0) differences.push(`${name} has spans in Oracle`);
  if (duckdb.parts) differences.push(`${name} has a rule for parts in DuckDB`);
  return differences;
}

/** Orders in one spelling: the day of a time has another function in each dialect. */
export function normalOrder(order: string): string {
  return order
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/date_trunc\('day', (\w+)\)/g, 'day($1)')
    .replaceAll(/trunc\((\w+)\)/g, 'day($1)');
}

function fragmentsOf(body: string): string {
  const names = [...body.matchAll(/\{\{ ([a-z0-9-]+) \}\}/g)].flatMap(([, name]) => name ?? []);
  return names.filter((name) => !OWN_FRAGMENTS.has(name)).join(', ');
}

/** Forms of DuckDB, each with what Oracle has in its place. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/ as not materialized \(/g, ' as ('],
  [/case when suffix\((\w+), ' '\) then rtrim\(\1, ' '\) else \1 end/g, 'rtrim($1)'],
  [/rtrim\((\w+), ' '\)/g, 'rtrim($1)'],
  [/left\((\w+), (\d)\)/g, 'substr($1, 1, $2)'],
  [/ <> ''/g, ' is not null'],
  [/not \((\w+) ilike 'unknown%' and upper\(rtrim\(\1\)\) = 'UNKNOWN'\)/g, "upper(rtrim($1)) <> 'UNKNOWN'"],
  [/cast\(\$(\w+) as timestamp\)/g, `to_date(:$1, 'YYYY-MM-DD"T"HH24:MI:SS')`],
  [/in \(select unnest\(\$(\w+)\)\)/g, 'in ({{ list $1 }})'],
  [/limit \$(\w+)/g, 'fetch first :$1 rows only'],
  [/contains\((\w+), ('[^']*')\)/g, 'instr($1, $2) > 0'],
  [
    /from (\w+) qualify (row_number\(\) over \([^()]*\)) = 1/g,
    'from ( select $1.*, $2 as CHOICE from $1 ) where CHOICE = 1',
  ],
  [/values \(('[^']*', \d+)\)/g, 'select $1 from dual'],
  [/(?<=from dual.*), \(('[^']*', \d+)\)/g, ' union all select $1 from dual'],
];

/**
 * What a fragment says, apart from how a dialect writes it. The containers of a range have a name of each dialect's own
 * and are found by span and bounds or by a list.
 */
function ruleOf(text: string): string {
  const rule = plain(text)
    .replace(/^(container|lot) as \(/, 'containers as (')
    .replaceAll(/ join (container|lot) c on /g, ' join containers c on ')
    .replace(/where .*in \((select CONTAINERID from range_ids|\{\{ list ids \}\})\)\n\)$/s, 'of the range)')
    .replaceAll(/\s+/g, ' ');
  return FORMS.reduce((rest, [form, instead]) => rest.replaceAll(form, instead), rule);
}

/** The first row of each window, as Oracle's fragments choose it: of a selection before it, or of `selected`. */
const CHOICE_OF_PREPARED =
  /^(\w+) as \((?<body>.*)\), (?<name>\w+) as \(select ([\w, ]+) from \(select \4, (?<window>row_number\(\) over \(.*\)) as CHOICE from \1\) where CHOICE = 1\)$/;
const CHOICE_OF_SELECTED =
  /select \* from \(select s\.\*, (?<window>row_number\(\) over \(.*?\)) as CHOICE from selected s where (?<filter>[\w ]+)\) where CHOICE = 1/;

/**
 * The same in another way, for fragments that choose rows by windows and test texts: substrings are found by `contains` or `instr`; the containers
 * of a range have a name of each dialect's own and are found by span and bounds or by a list; empty text is null in
 * Oracle; the first row of a window is chosen by QUALIFY or by a selection around it.
 */
function ruleOfChoice(text: string): string {
  return plain(text)
    .replace(/^(container|lot) as \(/, 'containers as (')
    .replaceAll(/ join (container|lot) c on /g, ' join containers c on ')
    .replace(/where .*in \((select CONTAINERID from range_ids|\{\{ list ids \}\})\)\n\)$/s, 'of the range)')
    .replaceAll(/contains\((\w+), ('[^']*')\)/g, 'has($1, $2)')
    .replaceAll(/instr\((\w+), ('[^']*')\) > 0/g, 'has($1, $2)')
    .replaceAll(/ as (not )?materialized \(/g, ' as (')
    .replaceAll(/\(select unnest\(\$(\w+)\)\)|\(\{\{ rows (\w+) \}\}\)/g, '(the list $1$2)')
    .replaceAll(/nullif\((trim\(\w+\)), ''\)/g, '$1')
    .replaceAll(/(trim\(\w+\)) (?:<> ''|is not null)/g, '$1 has text')
    .replaceAll(/coalesce\((trim\([\w.]+\)), ' ?'\)/g, 'text of $1')
    .replaceAll(/not starts_with\((text of \S+), ('...')\)/g, 'substr($1, 1, 3) <> $2')
    .replaceAll(/regexp_(?:matches|like)\((trim\([\w.]+\)), ('[^$']*')\)/g, '$1 is like $2')
    .replaceAll(/regexp_full_match\((\S+), '(\S+)'\)|regexp_like\((\S+), '\^(\S+)\$'\)/g, '$1$3 is $2$4')
    .replaceAll(/try_cast\((\S+) as integer\)|to_number\((trim\(\w+\))\)/g, 'number $1$2')
    .replaceAll(/\bvalues\s+(?=\(')/g, '')
    .replaceAll(/\(('[^']+', \d+)\)|select ('[^']+', \d+) from dual/g, '$1$2')
    .replaceAll(/(?<='[^']+', \d+)(?:,| union all)\n/g, '\n')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?<=\() | (?=\))/g, '')
    .replace(CHOICE_OF_PREPARED, '$<name> as ($<body> qualify $<window> = 1)')
    .replace(CHOICE_OF_SELECTED, 'select * from selected where $<filter> qualify $<window> = 1');
}

function plain(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim();
}

function saysTheSame(duckdb: string, oracle: string): boolean {
  return ruleOf(duckdb) === ruleOf(oracle) || ruleOfChoice(duckdb) === ruleOfChoice(oracle);
}
