import type { Fixture, FixtureTable } from '../warehouse/oracle/fixture-read.ts';
import type { GoldenLineage } from './golden-lineage.ts';
import type { GoldenIds, GoldenRow } from './golden-rows.ts';
import { goldenRows } from './golden-rows.ts';

/** Columns that the statements of a lineage name; what a golden lineage says nothing of is null. */
const CONTAINER_COLUMNS = [
  'CONTAINERID',
  'CONTAINERNAME',
  'MFGORDERNAME',
  'FIRSTNAME',
  'OBJECTTYPE',
  'ORIGINALCONTAINERID',
  'SPLITFROMID',
] as const;
const MERGE_COLUMNS = ['CONTAINERID', 'LOTID', 'FINISHEDNAME'] as const;

/** The rows of a golden lineage in place of the plant's tables. */
export function goldenFixture(lineage: GoldenLineage, ids: GoldenIds): Fixture {
  const { containers, merges } = goldenRows(lineage, ids);
  return {
    DW_MES_CONTAINER: tableOf(CONTAINER_COLUMNS, containers),
    DW_MES_PJ_COMBINEDASSYLOTS: tableOf(MERGE_COLUMNS, merges),
  };
}

function tableOf(columns: readonly string[], rows: readonly GoldenRow[]): FixtureTable {
  return {
    columns: columns.map((name) => ({ name, type: 'text' })),
    rows: rows.map((row) => columns.map((name) => row[name] ?? null)),
  };
}
