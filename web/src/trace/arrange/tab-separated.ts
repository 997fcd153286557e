/** Rows of a domain that are copied, as they stand on screen. */
export interface CopyRequest {
  readonly from: number;
  readonly count: number;
  /** Names in the warehouse, in the order wanted. */
  readonly columns: readonly string[];
  /** What stands above them; `undefined` for nothing. */
  readonly labels: readonly string[] | undefined;
}

export interface CopiedRows {
  readonly text: string;
  /** Those that were there; fewer than asked for where the result has changed meanwhile. */
  readonly rows: number;
}

const SPECIAL = /[\t\r\n"]/;

/**
 * One line of tab-separated text, as spreadsheets read and write it: a cell with a tab, a line end or a quote in it stands
 * in quotes, and its own quotes are doubled.
 */
export function tabSeparated(cells: readonly string[]): string {
  return cells.map((cell) => (SPECIAL.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join('\t');
}
