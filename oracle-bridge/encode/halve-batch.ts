/** Records as joined JSON text (see `RECORD_SEPARATOR`). */
export interface JoinedRecords {
  readonly count: number;
  readonly json: Uint8Array;
}

const TAB = 0x09;

/**
 * Two halves of at least two records, cut at the middle record. The bytes are not copied.
 * @throws Error if the text holds another number of records than `count` says.
 */
export function halveRecords({ count, json }: JoinedRecords): [JoinedRecords, JoinedRecords] {
  const firstCount = Math.floor(count / 2);
  if (firstCount < 1) throw new Error('one record cannot be halved');
  let tab = -1;
  for (let record = 0; record < firstCount; record++) {
    tab = json.indexOf(TAB, tab + 1);
    if (tab < 0) throw new Error('the batch holds fewer records than it says');
  }
  return [
    // Without the comma and the TAB.
    { count: firstCount, json: json.subarray(0, tab - 1) },
    { count: count - firstCount, json: json.subarray(tab + 1) },
  ];
}
