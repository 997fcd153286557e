import { MAX_RANGE_IDS, MAX_STAGED_CHUNKS } from './limits.ts';

/**
 * Where the ranges of a domain end. Small ones first, so that the first records come soon; then as large as may be. The
 * ends depend on the place in the list alone, not on where a lease began: work that is taken up again at a seal makes the
 * ranges, and so the bytes, that it would have made without the break.
 */
const FIRST_ENDS = [50, 250];

/**
 * Records of one container up to which a full range fits into the chunks that may be staged before its seal. Denser
 * ranges are read again in halves.
 */
const RECORDS_PER_ID = 40;

/** Index behind the last id of the range that begins at `from`. */
export function endOfRange(from: number, total: number, batchRecords: number): number {
  const most = mostIds(batchRecords);
  const early = FIRST_ENDS.find((end) => from < end);
  const last = FIRST_ENDS.at(-1) ?? 0;
  const fullEnd = early ?? last + (Math.floor((from - last) / MAX_RANGE_IDS) + 1) * MAX_RANGE_IDS;
  return Math.min(total, fullEnd, from + most);
}

/** Ranges of a whole list, as long as none of them has to be halved because it is dense. */
export function countRanges(total: number, batchRecords: number): number {
  let ranges = 0;
  for (let from = 0; from < total; from = endOfRange(from, total, batchRecords)) ranges++;
  return ranges;
}

/** Small chunks carry few records a seal, so their ranges must be small. */
function mostIds(batchRecords: number): number {
  const fitting = Math.floor((MAX_STAGED_CHUNKS * batchRecords) / RECORDS_PER_ID);
  return Math.min(MAX_RANGE_IDS, Math.max(1, fitting));
}
