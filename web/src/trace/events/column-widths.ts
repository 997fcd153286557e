import { cellText } from '../cell-text.ts';
import type { Cell } from '../trace-snapshot.ts';

export const MIN_COLUMN_PX = 56;
const MAX_FIRST_PX = 340;
const PADDING_PX = 24;
/** Behind a header stand the mark of its order and the button of its menu. */
const HEADER_TOOLS_PX = 32;
/** Rows whose texts decide the first widths. */
const SAMPLE_ROWS = 40;

type MeasureText = (text: string) => number;

interface Sample {
  readonly rows: number;
  /** In the order of the columns. */
  readonly widths: readonly number[];
}

/**
 * Widths of the texts in the first rows, for each list of columns. What has been measured stays, whatever rows come, go or
 * change their place: columns that widen or shrink under somebody's eyes are not read.
 */
export class SampledTexts {
  readonly #samples = new Map<string, Sample>();

  /** Another list only when something in it is another. `rowOf` knows those rows that are there. */
  measure(
    domain: string,
    columns: readonly string[],
    rowOf: (index: number) => readonly Cell[] | undefined,
    measure: () => MeasureText,
  ): readonly number[] {
    const key = [domain, ...columns].join('\n');
    const known = this.#samples.get(key) ?? { rows: 0, widths: columns.map(() => 0) };
    this.#samples.set(key, known);
    if (known.rows >= SAMPLE_ROWS) return known.widths;
    const rows: (readonly Cell[])[] = [];
    for (let row = rowOf(0); row !== undefined && rows.length < SAMPLE_ROWS; row = rowOf(rows.length)) rows.push(row);
    if (rows.length <= known.rows) return known.widths;
    const textPx = measure();
    const widths = known.widths.map((widest, at) =>
      rows.reduce((most, row) => Math.max(most, textPx(cellText(row[at]))), widest),
    );
    this.#samples.set(key, { rows: rows.length, widths });
    return widths;
  }
}

/** Widths that show the header and the texts whole, within reason. */
export function firstWidths(labels: readonly string[], texts: readonly number[], textPx: MeasureText): number[] {
  return labels.map((label, index) => {
    const widest = Math.max(texts[index] ?? 0, textPx(label) + HEADER_TOOLS_PX);
    return Math.round(Math.min(MAX_FIRST_PX, Math.max(MIN_COLUMN_PX, widest + PADDING_PX)));
  });
}
