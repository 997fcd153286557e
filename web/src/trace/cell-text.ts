import { PLANT_TIME } from './arrange/plant-time.ts';
import type { Cell } from './trace-snapshot.ts';

/** A cell as it is read. Times are plant time and stay what they are; only the `T` goes. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  return PLANT_TIME.test(cell) ? cell.replace('T', ' ') : cell;
}
