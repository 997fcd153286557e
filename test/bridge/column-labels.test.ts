import { describe, expect, it } from 'vitest';
import { labelColumn } from '#protocol/column-labels.ts';
import { lineageEdgeSchema, lineageNodeSchema, seedSchema } from '#protocol/trace.ts';
import { parseStatementFile } from '../../oracle-bridge/warehouse/sql/statement-file.ts';
import { readSqlFile, statementsOf } from '../helpers/sql-statements.ts';

/** Statements whose rows the bridge itself reads: nobody sees their columns. */
const INTERNAL = new Set(['query-tool/known-material-lots', 'query-tool/known-orders', 'query-tool/lot-serials']);
/** Put into records by the bridge, beside the columns of their statements. */
const DERIVED = ['partial_count', 'RELATIVE_POSITION', 'WORKCENTER_GROUP'];

const shown = statementsOf('duckdb').filter((name) => /^(events|query-tool)\//.test(name) && !INTERNAL.has(name));

describe('what people call the columns', () => {
  it.each([
    ...shown.map((name) => {
      const { columns } = parseStatementFile(name, readSqlFile(`duckdb/${name}`));
      return [name, columns.map((column) => column.name)] as const;
    }),
    ['seeds', Object.keys(seedSchema.shape)],
    ['nodes', Object.keys(lineageNodeSchema.shape)],
    ['edges', Object.keys(lineageEdgeSchema.shape)],
    ['rows', DERIVED],
  ] as const)('is known of %s, in both languages', (_, columns) => {
    expect(columns.length).toBeGreaterThan(0);
    for (const language of ['en', 'zh-TW'] as const)
      expect(columns.filter((column) => labelColumn(column, language) === column)).toEqual([]);
  });
});
