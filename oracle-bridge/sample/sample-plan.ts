/** Containers of a block: a work order with its whole family. `sql/duckdb/sample/blocks.sql` lays it out. */
export const CONTAINERS_PER_BLOCK = 128;
/** Blocks of a slice, what is generated at a time: large enough for full row groups, small enough for memory. */
const BLOCKS_PER_SLICE = 512;

/** Work orders are spread over these months. Sequences have four digits, so a month holds at most 5000 blocks. */
export const FIRST_MONTH = '2023-10-01';
export const MONTHS = 36;

/** Statements of `sql/duckdb/sample/` that run once, in order. */
export const SETUP_STATEMENTS = ['macros', 'vocabulary', 'stations', 'blocks', 'equipment'] as const;

/** Statements of each slice, in order, with their share of a slice's time in percent (measured). */
export const SLICE_STATEMENTS = [
  { name: 'slots', percent: 4 },
  { name: 'containers', percent: 5 },
  { name: 'merges', percent: 1 },
  { name: 'history', percent: 60 },
  { name: 'materials', percent: 8 },
  { name: 'rejects', percent: 12 },
  { name: 'holds', percent: 1 },
  { name: 'jobs', percent: 3 },
  { name: 'moveouts', percent: 4 },
  { name: 'wip', percent: 2 },
] as const;

export function countBlocks(containers: number): number {
  return Math.ceil(containers / CONTAINERS_PER_BLOCK);
}

/** The slices of a sample in order of their ids: from `firstBlock` up to, but not, `endBlock`. */
export function planSlices(containers: number): { firstBlock: number; endBlock: number }[] {
  const blocks = countBlocks(containers);
  const slices: { firstBlock: number; endBlock: number }[] = [];
  for (let firstBlock = 0; firstBlock < blocks; firstBlock += BLOCKS_PER_SLICE)
    slices.push({ firstBlock, endBlock: Math.min(firstBlock + BLOCKS_PER_SLICE, blocks) });
  return slices;
}
