import { readdirSync, readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelColumn } from '#protocol/column-labels.ts';
import { INPUT_TYPES } from '#protocol/trace.ts';
import { buildRecordsQuery, buildRowsQuery } from '../../oracle-bridge/warehouse/duckdb/build-query.ts';
import { runQuery } from '../../oracle-bridge/warehouse/duckdb/run-query.ts';
import { fillSlots } from '../../oracle-bridge/warehouse/sql/query.ts';
import { loadFragment, loadStatement } from '../../oracle-bridge/warehouse/sql/loader.ts';
import type { ColumnType, StatementFile } from '../../oracle-bridge/warehouse/sql/statement-file.ts';
import { parseStatementFile } from '../../oracle-bridge/warehouse/sql/statement-file.ts';
import { buildOracleRead, loadOracleStatement } from '../../oracle-bridge/warehouse/oracle/build-read.ts';
import type { BindValue } from '../../oracle-bridge/warehouse/warehouse.ts';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import { DIALECTS, oracleTextsOf } from '../helpers/oracle-texts.ts';
import { statementsOf, VALUE_OF, valuesFor } from '../helpers/sql-statements.ts';

const SQL_FOLDER = new URL('../../sql/duckdb/', import.meta.url);
const STATEMENTS = statementsOf('duckdb');

/** DuckDB's types that a declared type may stand for. */
const DUCKDB_TYPES: Readonly<Record<ColumnType, RegExp>> = {
  text: /^VARCHAR$/,
  time: /^TIMESTAMP$/,
  whole: /^(INTEGER|BIGINT)$/,
  decimal: /^DECIMAL\(/,
  double: /^DOUBLE$/,
};

/** Texts that would do harm if they became SQL. */
const HOSTILE = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    "'; drop table x; --",
    '{{ range-ids }}',
    '{{ list ids }}',
    '$ids',
    ':ids_1',
    '\\',
    '\0',
    '%_',
    '*/',
    '{{',
    "' or 1=1",
    '焊接_DB*',
    '😀',
    '\ud800',
  ),
);

function queriesOf(file: StatementFile, text: string) {
  const binds = valuesFor(file, text);
  const spans = new Map(file.spans.map(({ name }) => [name, { from: text.length, to: text.length * 2 }]));
  const statement = { file, binds, spans };
  return [buildRowsQuery(statement), buildRecordsQuery(statement, { batchRecords: text.length + 1 })];
}

describe('the statements of sql/duckdb', () => {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(readFileSync(new URL('schema.sql', SQL_FOLDER), 'utf8'));
    connection.closeSync();
  });
  afterAll(() => instance.closeSync());

  it('are all there', () => {
    expect(STATEMENTS.filter((name) => name.startsWith('events/'))).toEqual(
      EVENT_DOMAINS.map((domain) => `events/${domain}`).sort(),
    );
    expect(STATEMENTS.filter((name) => name.startsWith('seeds/')).toSorted()).toEqual(
      [
        ...INPUT_TYPES.flatMap((type) => [`seeds/${type}-exact`, `seeds/${type}-pattern`]),
        'seeds/detected',
        'seeds/detected-count',
      ].sort(),
    );
  });

  it.each(STATEMENTS)('%s has the columns its header says, in order and of their types', async (name) => {
    const file = loadStatement('duckdb', name);
    const connection = await instance.connect();
    try {
      const [, records] = queriesOf(file, 'a');
      const body = fillSlots(file.body, (slot) => loadFragment('duckdb', slot));
      const binds = (records?.binds ?? []).filter(({ name: bind }) => body.includes(`$${bind}`));
      const result = await runQuery(connection, { text: body, binds }, new AbortController().signal);
      const types = result.columnTypes();
      const columns = result.columnNames().map((column, index) => ({ name: column, type: String(types[index]) }));
      expect(columns.map((column) => column.name)).toEqual(file.columns.map((column) => column.name));
      for (const [index, { type }] of file.columns.entries()) expect(columns[index]?.type).toMatch(DUCKDB_TYPES[type]);
    } finally {
      connection.closeSync();
    }
  });

  it.each(STATEMENTS)('%s names exactly the binds that are given with it', async (name) => {
    const connection = await instance.connect();
    try {
      for (const query of queriesOf(loadStatement('duckdb', name), 'a')) {
        const prepared = await connection.prepare(query.text);
        const wanted = Array.from({ length: prepared.parameterCount }, (_, index) => prepared.parameterName(index + 1));
        expect(query.binds.map((bind) => bind.name).toSorted()).toEqual(wanted.toSorted());
      }
    } finally {
      connection.closeSync();
    }
  });

  it.each(STATEMENTS)('%s has a text that no value can change, and every value is bound', (name) => {
    const file = loadStatement('duckdb', name);
    const plain = queriesOf(file, 'a').map((query) => query.text);
    fc.assert(
      fc.property(HOSTILE, (text) => {
        const queries = queriesOf(file, text);
        expect(queries.map((query) => query.text)).toEqual(plain);
        for (const { name: bind, type } of file.binds) {
          const bound = queries[0]?.binds.find((candidate) => candidate.name === bind);
          expect(bound?.value).toEqual(VALUE_OF[type](text));
        }
      }),
    );
  });

  it('has no bind or slot in a comment, where a driver might look for one', () => {
    for (const name of STATEMENTS) {
      const text = readFileSync(new URL(`${name}.sql`, SQL_FOLDER), 'utf8');
      const comments = text.split('\n').filter((line) => line.startsWith('--'));
      for (const comment of comments) expect(comment).not.toMatch(/\$|:\w|\{\{/);
    }
  });

  it('has columns of which every one has a name for people, in an export of the query tool', () => {
    const exported = [
      'lot-history',
      'lot-rejects',
      'lot-splits',
      'equipment-jobs',
      'equipment-loads',
      'equipment-rejects',
    ]
      .concat(['equipment-status-hours', 'equipment-materials'])
      .map((name) => `query-tool/${name}`)
      .concat(['events/materials', 'events/holds']);
    const columns = exported.flatMap((name) => loadStatement('duckdb', name).columns.map((column) => column.name));
    const named = [...columns, 'partial_count', 'RELATIVE_POSITION'];
    expect(named.filter((column) => labelColumn(column, 'zh-TW') === column)).toEqual([]);
  });

  it('keeps the rule of the work center groups in one file', () => {
    const withRule = readdirSync(SQL_FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^(events|fragments|lineage|query-tool|seeds)\/.*\.sql$/.test(file))
      .filter((file) => readFileSync(new URL(file, SQL_FOLDER), 'utf8').includes('水吹砂'));
    expect(withRule).toEqual(['fragments/workcenter-group.sql']);
  });
});

describe('the statements of sql/oracle', () => {
  /** Lists of one size class have one text: 1 to 100 values, 101 to 1000, and the parts of longer ones. */
  const list = fc.array(HOSTILE, { minLength: 1, maxLength: 8 });
  const uncut = fc.constantFrom(1, 99, 100, 101, 1000);
  const repeats = fc.oneof(uncut, fc.constantFrom(1001, 2101));

  it.each(statementsOf('oracle').flatMap((name) => DIALECTS.map((dialect) => ({ name, ...dialect }))))(
    '$name, $walk, $lists: its text is a function of the size class of its list, whatever the values',
    ({ name, ...dialect }) => {
      const { binds, parts } = loadOracleStatement(name, dialect.walk);
      const isWhole = parts === undefined && dialect.lists === 'bound' && binds.some(({ type }) => type === 'list');
      const [small, large] = [1, 1000].map((size) => oracleTextsOf(name, dialect, size)[0]?.text ?? '');
      fc.assert(
        fc.property(list, isWhole ? uncut : repeats, HOSTILE, (texts, count, scalar) => {
          const values = Array.from(
            { length: count },
            (_, index) => `${texts[index % texts.length]?.slice(0, 200)}${index}`,
          );
          const given = binds.map(({ name: bind, type }) => [bind, type === 'list' ? values : VALUE_OF[type](scalar)]);
          const { queries, load } = buildOracleRead({ name, binds: Object.fromEntries(given) }, dialect);
          const hasList = binds.some(({ type }) => type === 'list');
          const wanted = binds.flatMap(({ type }) => (type === 'list' ? values : VALUE_OF[type](scalar)));
          const bound = queries.flatMap((query) => query.binds.map(({ value }) => value));
          expect(new Set([...bound, ...(load ?? [])])).toEqual(new Set(wanted));
          const isCut = hasList && dialect.lists === 'bound';
          const sizes = isCut ? Array.from({ length: Math.ceil(count / 1000) }, (_, part) => count - part * 1000) : [1];
          expect(queries.map(({ text }) => text)).toEqual(sizes.map((size) => (size > 100 ? large : small)));
        }),
        { numRuns: 30 },
      );
    },
  );

  it('has two texts a statement with a bound list, one with a loaded list or none', () => {
    for (const name of statementsOf('oracle')) {
      const hasList = loadOracleStatement(name, 'connect-by').binds.some(({ type }) => type === 'list');
      for (const dialect of DIALECTS) {
        const texts = new Set(
          [1, 100, 101, 1000].flatMap((size) => oracleTextsOf(name, dialect, size).map((query) => query.text)),
        );
        expect(texts.size).toBe(hasList && dialect.lists === 'bound' ? 2 : 1);
      }
    }
  });
});

describe('a statement', () => {
  it('is slow if a pattern or a period says how much it reads', () => {
    const files = STATEMENTS.map((name) => loadStatement('duckdb', name));
    const open = files.filter(({ binds }) => binds.some(({ name }) => name === 'pattern' || name === 'time_from'));
    expect(open.length).toBeGreaterThan(10);
    expect(open.filter(({ slow }) => !slow)).toEqual([]);
  });

  it.each(['lineage/split-ancestors', 'lineage/merge-sources', 'seeds/lot_id-exact', 'query-tool/lot-history'])(
    'such as %s is not slow: it finds its rows by an index, or in a second',
    (name) => {
      expect(loadStatement('duckdb', name).slow).toBe(false);
    },
  );
});

describe('a statement file', () => {
  const GOOD = `-- Purpose: Something,
--          on two lines.
-- Binds:   ids list, now time
-- Spans:   history DWH.DW_MES_LOTWIPHISTORY
-- Parts:   rows
-- Columns: A text,
--          B whole
-- Order:   A desc nulls last, B
select 1`;

  it('gives its header', () => {
    expect(parseStatementFile('x', GOOD)).toEqual({
      name: 'x',
      purpose: 'Something, on two lines.',
      binds: [
        { name: 'ids', type: 'list' },
        { name: 'now', type: 'time' },
      ],
      spans: [{ name: 'history', table: 'DWH.DW_MES_LOTWIPHISTORY' }],
      parts: { keep: 'rows' },
      columns: [
        { name: 'A', type: 'text' },
        { name: 'B', type: 'whole' },
      ],
      order: 'A desc nulls last, B',
      limit: undefined,
      slow: false,
      timeoutSeconds: undefined,
      body: 'select 1',
    });
    const slow = parseStatementFile('x', GOOD.replace('\nselect', '\n-- Slow:    yes\n-- Timeout: 120\nselect'));
    expect(slow).toMatchObject({ slow: true, timeoutSeconds: 120, body: 'select 1' });
  });

  it.each([
    ['an entry missing', GOOD.replace(/-- Order.*\n/, '')],
    ['an entry twice', GOOD.replace('-- Binds:   ids', '-- Order:   B\n-- Binds:   ids')],
    ['an unknown entry', GOOD.replace('Purpose', 'Reason')],
    ['an unknown type', GOOD.replace('whole', 'number')],
    ['two statements', `${GOOD};\nselect 2`],
    ['a limit that is no bind', GOOD.replace('\nselect', '\n-- Limit:   most\nselect')],
    ['a speed that is none', GOOD.replace('\nselect', '\n-- Slow:    no\nselect')],
    ['a time that is none', GOOD.replace('\nselect', '\n-- Timeout: 0\nselect')],
    ['a time with a unit', GOOD.replace('\nselect', '\n-- Timeout: 2min\nselect')],
    ['no statement', GOOD.replace('select 1', '')],
  ])('is refused with %s', (_reason, text) => {
    expect(() => parseStatementFile('x', text)).toThrow(/^x: /);
  });

  it('is not looked for outside its folder', () => {
    for (const name of ['../schema', 'events/../../x', '/etc/passwd', 'EVENTS/history', 'events//history', '']) {
      expect(() => loadStatement('duckdb', name)).toThrow('not the name of a statement');
    }
  });

  it('with a limit gives the first rows in its order', () => {
    const text = GOOD.replace('now time', 'most whole').replace('\nselect', '\n-- Limit:   most\nselect');
    const file = parseStatementFile('x', text);
    const query = buildRowsQuery({ file, binds: { ids: [], most: 5 }, spans: new Map() });
    expect(query.text).toContain('order by A desc nulls last, B limit $most');
    expect(query.binds).toContainEqual({ name: 'most', type: 'whole', value: 5 });
  });

  it('needs exactly its binds, of their types', () => {
    const file = parseStatementFile('x', GOOD);
    const build = (binds: Record<string, BindValue>) => buildRowsQuery({ file, binds, spans: new Map() });
    expect(() => build({ ids: [] })).toThrow('bind now is missing');
    expect(() => build({ ids: [], now: '', other: 1 })).toThrow('unknown binds other');
    expect(() => build({ ids: 'a', now: '' })).toThrow('bind ids must be list');
    expect(() => build({ ids: [], now: 5 })).toThrow('bind now must be time');
    expect(() => fillSlots('select {{ a', () => '')).toThrow('slot');
  });
});
