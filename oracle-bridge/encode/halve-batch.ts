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
export function halveRecords(records: JoinedRecords): [JoinedRecords, JoinedRecords] {
  const { count, json } = records;
  const firstCount = Math.floor(count / 2);
  if (firstCount < 1) throw new Error('one record cannot be halved');
  const tab = separatorBehind(records, firstCount);
  return [
    // Without the comma and the TAB.
    { count: firstCount, json: json.subarray(0, tab - 1) },
    { count: count - firstCount, json: json.subarray(tab + 1) },
  ];
}

/** The first `count` records, or all of them if there are no more. The bytes are not copied. @throws Error as above. */
export function takeRecords(records: JoinedRecords, count: number): JoinedRecords {
  if (count >= records.count) return records;
  if (count <= 0) return { count: 0, json: records.json.subarray(0, 0) };
  return { count, json: records.json.subarray(0, separatorBehind(records, count) - 1) };
}

/** Where the TAB behind the first `count` records stands. */
function separatorBehind({ json }: JoinedRecords, count: number): number {
  let tab = -1;
  for (let record = 0; record < count; record++) {
    tab = json.indexOf(TAB, tab + 1);
    if (tab < 0) throw new Error('the batch holds fewer records than it says');
  }
  return tab;
}
