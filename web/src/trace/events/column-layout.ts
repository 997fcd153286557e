/** Where the columns on screen stand. Pinned ones come first and stay while the others scroll under them. */
export interface ColumnLayout {
  /** Left edge of each column behind the row numbers, and behind the last one the whole width. */
  readonly edges: readonly number[];
  /** Columns that stay; fewer than are pinned where they would leave too little room. */
  readonly stuck: number;
  readonly stuckPx: number;
}

/** Part of the room that pinned columns may take: the others have to be reached as well. */
const MAX_STUCK_PART = 0.6;

export function layOutColumns(widths: readonly number[], pinned: number, viewPx: number): ColumnLayout {
  let edge = 0;
  const edges = [0, ...widths.map((width) => (edge += width))];
  let stuck = pinned;
  while (stuck > 0 && (edges[stuck] ?? 0) > viewPx * MAX_STUCK_PART) stuck--;
  return { edges, stuck, stuckPx: edges[stuck] ?? 0 };
}

/** The scrolling columns of which a part is seen: `to` is behind the last. */
export function columnsInView(layout: ColumnLayout, leftPx: number, viewPx: number): { from: number; to: number } {
  const { edges, stuck, stuckPx } = layout;
  const columns = edges.length - 1;
  let from = stuck;
  while (from < columns - 1 && (edges[from + 1] ?? 0) <= leftPx + stuckPx) from++;
  let to = from;
  while (to < columns && (edges[to] ?? 0) < leftPx + viewPx) to++;
  return { from, to: Math.max(to, Math.min(columns, from + 1)) };
}

/** Where the view has to stand for a column to be seen whole, or its beginning if it is too wide. */
export function leftToReveal(layout: ColumnLayout, leftPx: number, column: number, viewPx: number): number {
  if (column < layout.stuck) return leftPx;
  const left = layout.edges[column] ?? 0;
  const right = layout.edges[column + 1] ?? left;
  if (left - layout.stuckPx < leftPx) return left - layout.stuckPx;
  return right > leftPx + viewPx ? Math.min(left - layout.stuckPx, right - viewPx) : leftPx;
}

/** Where the mark stands that shows this place, from the left edge of all columns: beside the pinned ones at the earliest. */
export function dropMarkPx({ edges, stuckPx }: ColumnLayout, leftPx: number, place: number): number {
  const edge = edges[place] ?? 0;
  return Math.max(edge, leftPx + Math.min(edge, stuckPx));
}

/** The column before which something dropped at `xPx` of the view belongs; the number of columns for the end. */
export function dropPlace(layout: ColumnLayout, leftPx: number, xPx: number): number {
  const { edges, stuckPx } = layout;
  const at = xPx < stuckPx ? xPx : xPx + leftPx;
  const columns = edges.length - 1;
  for (let column = 0; column < columns; column++) {
    if (at < ((edges[column] ?? 0) + (edges[column + 1] ?? 0)) / 2) return column;
  }
  return columns;
}
