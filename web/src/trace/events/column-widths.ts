import { cellText } from '../cell-text.ts';
import type { Cell } from '../trace-snapshot.ts';

export const MIN_COLUMN_PX = 56;
const MAX_FIRST_PX = 340;
const PADDING_PX = 24;
/** Behind a header stand the mark of its order and the button of its menu. */
const HEADER_TOOLS_PX = 32;

/** Widths that show the header and the given rows whole, within reason. */
export function firstWidths(
  labels: readonly string[],
  rows: readonly (readonly Cell[])[],
  textPx: (text: string) => number,
): number[] {
  return labels.map((label, index) => {
    const widest = rows.reduce(
      (most, row) => Math.max(most, textPx(cellText(row[index]))),
      textPx(label) + HEADER_TOOLS_PX,
    );
    return Math.round(Math.min(MAX_FIRST_PX, Math.max(MIN_COLUMN_PX, widest + PADDING_PX)));
  });
}
