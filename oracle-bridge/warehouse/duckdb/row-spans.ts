/**
 * Where in a DuckDB table the rows of a range of ids can be. Tables are stored by container id, but DuckDB cannot skip
 * row groups by it: its statistics keep the first 8 characters of a text, and those are the same for all ids of years.
 * So the least and greatest id of every block of rows is read once, and each statement names the row numbers that can
 * matter, by which DuckDB does skip. Measured on 2.7 million rows: 48 ms of CPU a range without, 6 ms with.
 *
 * It is right for any order of rows; in a table that is not stored by id it only helps less. The file is open read-only,
 * so what was read stays true.
 */
export interface RowBlock {
  readonly first: number;
  readonly last: number;
  readonly leastId: string;
  readonly greatestId: string;
}

/** Row numbers, both included; `from` behind `to` if no row can match. */
export interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/** Small enough for a range of 1000 ids to touch few blocks, large enough to keep the list short. */
export const BLOCK_ROWS = 8192;

const NO_ROWS: RowSpan = { from: 1, to: 0 };
const TABLE_NAME = /^[A-Z][A-Z0-9_]*\.[A-Z][A-Z0-9_]*$/;

/** Query for the blocks of a table; `table` comes from a statement's header. Blocks of nulls only are left out. */
export function blocksQuery(table: string): string {
  if (!TABLE_NAME.test(table)) throw new Error(`not the name of a table: ${table}`);
  return `select (rowid // ${BLOCK_ROWS})::integer as block, min(CONTAINERID) as least_id, max(CONTAINERID) as greatest_id
from ${table} where CONTAINERID is not null group by block order by block`;
}

export function blockOf(block: number, leastId: string, greatestId: string): RowBlock {
  const first = block * BLOCK_ROWS;
  return { first, last: first + BLOCK_ROWS - 1, leastId, greatestId };
}

/** The rows from the first to the last block that may hold an id between `first` and `last`, both included. */
export function spanOf(blocks: readonly RowBlock[], first: string | null, last: string | null): RowSpan {
  if (first === null || last === null) return NO_ROWS;
  const mayHold = ({ leastId, greatestId }: RowBlock): boolean => leastId <= last && greatestId >= first;
  const from = blocks.find(mayHold);
  const to = blocks.findLast(mayHold);
  return from && to ? { from: from.first, to: to.last } : NO_ROWS;
}
