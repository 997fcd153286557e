import { readdirSync, readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRecordsQuery, buildRowsQuery } from '../../oracle-bridge/warehouse/duckdb-query.ts';
import { runQuery } from '../../oracle-bridge/warehouse/duckdb-run.ts';
import { fillSlots } from '../../oracle-bridge/warehouse/query-builder.ts';
import { loadFragment, loadStatement } from '../../oracle-bridge/warehouse/sql-loader.ts';
import type { BindType, ColumnType, StatementFile } from '../../oracle-bridge/warehouse/statement-file.ts';
import { parseStatementFile } from '../../oracle-bridge/warehouse/statement-file.ts';
import type { BindValue } from '../../oracle-bridge/warehouse/warehouse.ts';

const SQL_FOLDER = new URL('../../sql/duckdb/', import.meta.url);
const STATEMENTS = ['events', 'lineage', 'seeds'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, SQL_FOLDER))
    .toSorted()
    .map((file) => `${folder}/${file.replace(/\.sql$/, '')}`),
);

/** DuckDB's types that a declared type may stand for. */
const DUCKDB_TYPES: Readonly<Record<ColumnType, RegExp>> = {
  text: /^VARCHAR$/,
  time: /^TIMESTAMP$/,
  whole: /^(INTEGER|BIGINT)$/,
  decimal: /^DECIMAL\(/,
  double: /^DOUBLE$/,
};

/** One value of each bind type; `make` turns any text into one. */
const VALUE_OF: Readonly<Record<BindType, (text: string) => BindValue>> = {
  list: (text) => [text, `${text}'`, `"${text}`],
  text: (text) => text,
  time: () => '2026-01-01T00:00:00',
  whole: (text) => text.length,
};

function queriesOf(file: StatementFile, text: string) {
  const binds = Object.fromEntries(file.binds.map(({ name, type }) => [name, VALUE_OF[type](text)]));
  const spans = new Map(file.spans.map(({ name }) => [name, { from: text.length, to: text.length * 2 }]));
  const statement = { file, binds, spans };
  return [buildRowsQuery(statement), buildRecordsQuery(statement, text.length + 1)];
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
    expect(STATEMENTS).toHaveLength(6 + 7 + 2);
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
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom("'; drop table x; --", '{{ range-ids }}', '$ids', '\\', '\0', '%_', '*/', '{{', "' or 1=1"),
    );
    fc.assert(
      fc.property(hostile, (text) => {
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

  it('keeps the rule of the work center groups in one file', () => {
    const withRule = readdirSync(SQL_FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^(events|fragments|lineage|seeds)\/.*\.sql$/.test(file))
      .filter((file) => readFileSync(new URL(file, SQL_FOLDER), 'utf8').includes('水吹砂'));
    expect(withRule).toEqual(['fragments/workcenter-group.sql']);
  });
});

describe('a statement file', () => {
  const GOOD = `-- Purpose: Something,
--          on two lines.
-- Binds:   ids list, now time
-- Spans:   history DWH.DW_MES_LOTWIPHISTORY
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
      columns: [
        { name: 'A', type: 'text' },
        { name: 'B', type: 'whole' },
      ],
      order: 'A desc nulls last, B',
      body: 'select 1',
    });
  });

  it.each([
    ['an entry missing', GOOD.replace(/-- Order.*\n/, '')],
    ['an entry twice', GOOD.replace('-- Binds:   ids', '-- Order:   B\n-- Binds:   ids')],
    ['an unknown entry', GOOD.replace('Purpose', 'Reason')],
    ['an unknown type', GOOD.replace('whole', 'number')],
    ['two statements', `${GOOD};\nselect 2`],
    ['no statement', GOOD.replace('select 1', '')],
  ])('is refused with %s', (_reason, text) => {
    expect(() => parseStatementFile('x', text)).toThrow(/^x: /);
  });

  it('is not looked for outside its folder', () => {
    for (const name of ['../schema', 'events/../../x', '/etc/passwd', 'EVENTS/history', 'events//history', '']) {
      expect(() => loadStatement('duckdb', name)).toThrow('not the name of a statement');
    }
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
