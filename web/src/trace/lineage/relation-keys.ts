/** The row a key leads to; `undefined` for keys that do not move. `page`: rows on screen but one. */
export function rowOfKey(key: string, row: number, rows: number, page: number): number | undefined {
  const wanted = { ArrowDown: row + 1, ArrowUp: row - 1, PageDown: row + page, PageUp: row - page, Home: 0, End: rows };
  const next = Object.entries(wanted).find(([name]) => name === key)?.[1];
  return next === undefined ? undefined : Math.max(0, Math.min(rows - 1, next));
}
