import { describe, expect, it } from 'vitest';
import { MAX_SEED_VALUES } from '#protocol/limits.ts';
import { LIST_SIZES } from '../../oracle-bridge/warehouse/oracle/lists.ts';
import { buildOracleRead, loadOracleStatement } from '../../oracle-bridge/warehouse/oracle/build-read.ts';
import { planLoad } from '../../oracle-bridge/warehouse/oracle/load.ts';
import { joinParts } from '../../oracle-bridge/warehouse/oracle/parts.ts';
import { loadStatement } from '../../oracle-bridge/warehouse/sql/loader.ts';
import { parseStatementFile } from '../../oracle-bridge/warehouse/sql/statement-file.ts';
import { columnsOf, parseOracle, unknownSyntaxIn } from '../helpers/oracle-parser.ts';
import {
  allOracleTexts,
  bindsNamedIn,
  DIALECTS,
  oracleTextsOf,
  readAsDriver,
  withoutLiterals,
} from '../helpers/oracle-texts.ts';
import { filesIn, readSqlFile, statementsOf } from '../helpers/sql-statements.ts';

const STATEMENTS = statementsOf('oracle');
const TEXTS = allOracleTexts();
const BOUND = { lists: 'bound', walk: 'connect-by' } as const;
const LOADED = { lists: 'loaded', walk: 'connect-by' } as const;

/** Oracle counts the places of binds in 16 bits. */
const MAX_BIND_PLACES = 65_535;

/** A seed is chosen among those of all values, a container is detected at one of all groups. */
const WHOLE_LISTS = /^seeds\/(\w+-exact|detected|detected-count)$/;

/** What other dialects know and 19c does not, although the parser lets it pass. */
const FOREIGN_WORDS =
  /\b(limit|ilike|qualify|materialized|unnest|string_agg|date_trunc|date_diff|strftime|try_cast|true|false|boolean|text|if|except|using|recursive|contains|suffix)\b|::|\$|\|\|\s*null\b/i;

/** V$RESERVED_WORDS of 19c: none of them may name a column, a bind or a selection. */
const RESERVED_WORDS = new Set(
  `access add all alter and any as asc audit between by char check cluster column column_value comment compress connect
create current date decimal default delete desc distinct drop else exclusive exists file float for from grant group having
identified immediate in increment index initial insert integer intersect into is level like lock long maxextents minus
mlslabel mode modify nested_table_id noaudit nocompress not nowait null number of offline on online option or order pctfree
prior public raw rename resource revoke row rowid rownum rows select session set share size smallint start successful
synonym sysdate table then to trigger uid union unique update user validate values varchar varchar2 view whenever where
with`.split(/\s+/),
);

describe('every text of every Oracle statement', () => {
  it.each(TEXTS)('is Oracle SQL: $title', ({ text }) => {
    expect(() => parseOracle(text)).not.toThrow();
  });

  it.each(TEXTS)('names exactly the binds that are given with it: $title', ({ text, binds }) => {
    expect(bindsNamedIn(text).toSorted()).toEqual(binds.map(({ name }) => name).toSorted());
  });

  it.each(TEXTS)('is a query with those binds to the driver, too: $title', ({ text, binds }) => {
    const { isQuery, bindInfoList } = readAsDriver(text);
    expect(isQuery).toBe(true);
    const found = [...new Set(bindInfoList.map(({ bindName }) => bindName))];
    expect(found.toSorted()).toEqual(binds.map(({ name }) => name.toUpperCase()).toSorted());
    expect(bindInfoList.length).toBeLessThanOrEqual(MAX_BIND_PLACES);
  });

  it('uses what the parser does not know in these places only', () => {
    const known = TEXTS.map(({ statement, text }) => [statement, ...unknownSyntaxIn(text)]).filter(
      ([, ...names]) => names.length > 0,
    );
    expect(new Set(known.map((entry) => entry.join(': ')))).toEqual(
      new Set([
        'events/jobs: ON ERROR of a whole JSON_TABLE',
        'lineage/split-ancestors: CYCLE of a recursive WITH',
        'lineage/split-descendants: CYCLE of a recursive WITH',
        'lineage/split-and-merge-descendants: CYCLE of a recursive WITH',
        'query-tool/lot-equipment: CYCLE of a recursive WITH',
      ]),
    );
  });

  it.each(TEXTS)('has no word of another dialect, and no empty text, which would be null: $title', ({ text }) => {
    expect(withoutLiterals(text)).not.toMatch(FOREIGN_WORDS);
    expect(text).not.toMatch(/(?<!')''(?!')/);
  });

  it.each(TEXTS)('gives no selection, column or bind a reserved name: $title', ({ text, binds }) => {
    const plain = withoutLiterals(text);
    const selections = [...plain.matchAll(/(?:\bwith|,)\s+(\w+)\s*(?:\([\w, ]+\)\s*)?as \(/g)];
    const columns = [...plain.matchAll(/\bas (\w+)/g)];
    const names = [...selections, ...columns].flatMap(([, name]) => name ?? []);
    for (const name of [...names, ...binds.map((bind) => bind.name)]) {
      expect(RESERVED_WORDS).not.toContain(name.toLowerCase());
      expect(name.length).toBeLessThanOrEqual(30);
    }
  });

  it.each(TEXTS)('names tables without AS, which Oracle refuses: $title', ({ text }) => {
    expect(withoutLiterals(text)).not.toMatch(/\b(from|join)\s+[\w.]+\s+as\b/i);
  });

  it.each(STATEMENTS)('%s is refused with a slip of the pen', (name) => {
    for (const { text } of oracleTextsOf(name, BOUND, 1)) {
      const slips = [
        text.replace('select', 'selct'),
        text.replace(/\bfrom\b/, 'form'),
        text.replace('order by', 'order bu'),
        text.replace(')', ''),
        text.replace(',', ',,'),
        text.replace(/\nwhere|\njoin|\nleft join/, (word) => `${word} and`),
        text.replace(/'([^']*)'/, "'$1"),
      ];
      for (const slip of slips.filter((candidate) => candidate !== text))
        expect(() => parseOracle(slip)).toThrow(/sql parser error|Unterminated|Expected close/);
    }
  });

  it.each([
    ['lineage/split-ancestors', "cycle CONTAINERID set IS_CYCLE to 'Y'", "cycle CONTAINERID set IS_CYCLE too 'Y'"],
    ['lineage/split-ancestors', "default 'N',", "default 'N'"],
    ['lineage/split-ancestors', 'cycle CONTAINERID', 'cycl CONTAINERID'],
    ['lineage/split-and-merge-descendants', 'cycle CONTAINERID', 'cycle CONTAINERID, '],
    ['seeds/lot_id-pattern', 'fetch first :most rows only', 'fetch first :most row onl'],
    ['events/jobs', 'error on error', 'error on eror'],
  ])('is refused with a slip inside what the parser does not know: %s, %s', (name, written, slip) => {
    const [query] = oracleTextsOf(name, { lists: 'bound', walk: 'recursive' }, 1);
    expect(query?.text).toContain(written);
    expect(() => parseOracle(query?.text.replace(written, slip) ?? '')).toThrow(
      /sql parser error|Unterminated|Expected close/,
    );
  });

  it.each(DIALECTS)('selects the columns its header says, in order, with $lists lists, walked by $walk', (dialect) => {
    for (const name of STATEMENTS) {
      const file = loadOracleStatement(name, dialect.walk);
      for (const { text } of oracleTextsOf(name, dialect, 1)) {
        const selection = /\nfrom \(\n(.*)\n\)\norder by [^()]*(?:\(\w+\)[^()]*)?$/s.exec(text)?.[1] ?? '';
        expect(columnsOf(parseOracle(selection))).toEqual(file.columns.map((column) => column.name));
      }
    }
  });
});

describe('the list of a statement', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `id${index}`);
  const read = (values: readonly string[], dialect: { lists: 'bound' | 'loaded'; walk: 'connect-by' } = BOUND) =>
    buildOracleRead({ name: 'events/history', binds: { ids: values } }, dialect);
  const valuesOf = (values: readonly string[]) =>
    read(values).queries.map(({ binds }) => binds.map(({ value }) => String(value)));

  it('is filled up to 100 or 1000 values by repeating the last one', () => {
    expect(LIST_SIZES).toEqual([100, 1000]);
    for (const [count, size] of [
      [1, 100],
      [99, 100],
      [100, 100],
      [101, 1000],
      [999, 1000],
      [1000, 1000],
    ] as const) {
      const [values, ...more] = valuesOf(ids(count));
      expect(more).toEqual([]);
      expect(values).toEqual([...ids(count), ...Array.from({ length: size - count }, () => `id${count - 1}`)]);
    }
  });

  it('is cut into consecutive parts of 1000, of which the last has a size of its own', () => {
    const parts = valuesOf(ids(2050));
    expect(parts.map((part) => part.length)).toEqual([1000, 1000, 100]);
    expect([...new Set(parts.flat())]).toEqual(ids(2050));
    expect(parts[2]?.slice(0, 51)).toEqual([...ids(2050).slice(2000), 'id2049']);
  });

  it('holds a value once, and none that cannot match', () => {
    expect([...new Set(valuesOf(['a', '', 'b', 'a', 'x'.repeat(256)])[0])]).toEqual(['a', 'b']);
    expect(read(['a', 'b', 'a', ''], LOADED).load).toEqual(['a', 'b']);
  });

  it('asks nothing when it is empty', () => {
    for (const dialect of [BOUND, LOADED]) {
      expect(read([], dialect)).toMatchObject({ queries: [], load: undefined });
      expect(read([''], dialect)).toMatchObject({ queries: [], load: undefined });
    }
  });

  it('stands in a table and in no bind when lists are loaded, however long it is', () => {
    const { queries, load } = buildOracleRead(
      { name: 'events/holds', binds: { ids: ids(5000), now: '2026-01-01T00:00:00' } },
      LOADED,
    );
    expect(load).toEqual(ids(5000));
    expect(queries.map(({ binds }) => binds.map(({ name }) => name))).toEqual([['now']]);
  });

  it('never has more than 999 values in a constructor, nor more than 1000 between the parentheses of an IN', () => {
    for (const { text } of TEXTS) {
      for (const [, values = ''] of text.matchAll(/odcivarchar2list\(([^)]*)\)/g)) {
        expect(values.split(',').length).toBeLessThanOrEqual(999);
      }
      for (const [, values = ''] of text.matchAll(/\bin \(([^()]*)\)/g)) {
        expect(values.split(',').length).toBeLessThanOrEqual(1000);
      }
    }
  });

  it('is one text with the rest of a statement that gives the first rows: a part of it would give others', () => {
    const statement = (count: number) => ({
      name: 'query-tool/lot-rejects',
      binds: { ids: ids(count), most: 5 },
    });
    const [query] = buildOracleRead(statement(1000), BOUND).queries;
    expect(query?.text).toMatch(/\norder by trunc\(TXNDATE\) desc [^()]*\nfetch first :most rows only$/);
    expect(query?.binds).toContainEqual({ name: 'most', type: 'whole', value: 5 });
    expect(() => buildOracleRead(statement(1001), BOUND)).toThrow('must not be cut');
    expect(buildOracleRead(statement(1001), LOADED).queries).toHaveLength(1);
  });

  it('is the only one of its statement, and has a rule for its parts unless all of it belongs together', () => {
    for (const name of STATEMENTS) {
      for (const walk of ['connect-by', 'recursive'] as const) {
        const file = loadOracleStatement(name, walk);
        const lists = file.binds.filter(({ type }) => type === 'list');
        expect(lists.length).toBeLessThanOrEqual(1);
        expect(file.parts !== undefined).toBe(
          lists.length === 1 && !WHOLE_LISTS.test(name) && file.limit === undefined,
        );
      }
    }
  });

  it('is refused when it would have to be cut where it must not', () => {
    expect(STATEMENTS.filter((name) => WHOLE_LISTS.test(name))).toHaveLength(8);
    const build = (count: number) =>
      buildOracleRead({ name: 'seeds/lot_id-exact', binds: { names: ids(count), most: 5 } }, BOUND);
    expect(build(MAX_SEED_VALUES).queries).toHaveLength(1);
    expect(() => build(1001)).toThrow('must not be cut');
  });

  it('is loaded in batches, behind a clearing', () => {
    const load = planLoad(ids(25_000));
    expect(load.batches.map((batch) => batch.length)).toEqual([10_000, 10_000, 5000]);
    expect(load.batches.flat()).toEqual(ids(25_000));
    expect(load.clear).toBe('delete from LOTSTREAM_IDS');
    expect(bindsNamedIn(load.insert)).toEqual(['id']);
  });
});

describe('the answers to the parts of a list', () => {
  const HEADER = '-- Purpose: x\n-- Binds:   ids list\n-- Columns: ID text, SPLIT_LEVEL whole\n-- Order:   ID\n';
  const file = (rule: string) => parseStatementFile('x', `-- Parts:   ${rule}\n${HEADER}select 1`);

  it('follow each other where every row belongs to one value', () => {
    expect(joinParts(file('rows'), [[{ ID: 'b' }], [{ ID: 'a' }, { ID: 'b' }]])).toEqual([
      { ID: 'b' },
      { ID: 'a' },
      { ID: 'b' },
    ]);
  });

  it('keep a container once, with its least level, where walks may meet', () => {
    const answers = [
      [
        { ID: 'a', SPLIT_LEVEL: 3 },
        { ID: 'b', SPLIT_LEVEL: 1 },
      ],
      [
        { ID: 'c', SPLIT_LEVEL: 1 },
        { ID: 'a', SPLIT_LEVEL: 2 },
        { ID: 'b', SPLIT_LEVEL: 2 },
      ],
    ];
    expect(joinParts(file('least SPLIT_LEVEL of ID'), answers)).toEqual([
      { ID: 'a', SPLIT_LEVEL: 2 },
      { ID: 'b', SPLIT_LEVEL: 1 },
      { ID: 'c', SPLIT_LEVEL: 1 },
    ]);
    expect(loadStatement('oracle', 'lineage/split-ancestors').parts).toEqual({
      keep: 'least',
      least: 'SPLIT_LEVEL',
      of: 'CONTAINERID',
    });
  });

  it('cannot be joined without a rule, which must be one', () => {
    const without = parseStatementFile('x', `${HEADER}select 1`);
    expect(joinParts(without, [[{ ID: 'a' }]])).toEqual([{ ID: 'a' }]);
    expect(() => joinParts(without, [[], []])).toThrow('no rule for parts');
    expect(() => file('most SPLIT_LEVEL of ID')).toThrow('not a rule for parts');
  });
});

describe('the files of sql/oracle/setup', () => {
  const SETUP = filesIn('oracle/setup');

  it('are all there, each with a header', () => {
    expect(SETUP).toEqual(['clear-ids', 'create-ids', 'load-ids', 'read-moment', 'session']);
    for (const name of SETUP) expect(loadStatement('oracle', `setup/${name}`).columns).toEqual([]);
  });

  it.each(SETUP.filter((name) => name !== 'session'))('%s is Oracle SQL', (name) => {
    expect(() => parseOracle(loadStatement('oracle', `setup/${name}`).body)).not.toThrow();
  });

  it('session sets its parameters in the one form of ALTER SESSION, which the parser does not know', () => {
    expect(loadStatement('oracle', 'setup/session').body).toBe(
      "alter session set NLS_SORT = 'BINARY' NLS_COMP = 'BINARY' NLS_CALENDAR = 'GREGORIAN'",
    );
  });

  it('make a table with the column that statements and loads name', () => {
    expect(loadStatement('oracle', 'setup/create-ids').body).toMatch(
      /^create global temporary table LOTSTREAM_IDS \(\n {2}ID varchar2\(255 char\) not null,\n.*on commit preserve rows$/s,
    );
  });
});

it('no comment of a file has a bind or a slot, where a driver might look for one', () => {
  const recursive = filesIn('oracle/recursive/lineage').map((name) => `recursive/lineage/${name}`);
  const setup = filesIn('oracle/setup').map((name) => `setup/${name}`);
  const fragments = filesIn('oracle/fragments').map((name) => `fragments/${name}`);
  for (const name of [...STATEMENTS, ...recursive, ...setup, ...fragments]) {
    const comments = readSqlFile(`oracle/${name}`)
      .split('\n')
      .filter((line) => line.startsWith('--'));
    expect(comments.length).toBeGreaterThan(0);
    for (const comment of comments) expect(comment).not.toMatch(/\$|:\w|\{\{/);
  }
});
