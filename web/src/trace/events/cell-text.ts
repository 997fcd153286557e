import type { Cell } from '../trace-snapshot.ts';

const PLANT_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)$/;

/** A cell as it is read. Times are plant time and stay what they are; only the `T` goes. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const time = PLANT_TIME.exec(cell);
  return time === null ? cell : `${time[1]} ${time[2]}`;
}

/** Numbers stand at the right edge of their column. */
export function isNumeric(cell: Cell | undefined): boolean {
  return typeof cell === 'number';
}
