/**
 * Scaled scrolling. Browsers cap the height of an element (33.5 million px at pixel ratio 1, 16.7 at 2), so a million
 * rows do not fit. The scroll bar therefore moves over at most `MAX_SCROLL_PX`, and its place is scaled to a place in
 * the rows. Small movements (wheel, keys) go over the rows themselves, pixel by pixel.
 */
export const MAX_SCROLL_PX = 8_000_000;

export interface ScrollSpace {
  readonly rows: number;
  readonly rowPx: number;
  /** Height in which rows are seen. */
  readonly viewPx: number;
}

/** Height of the element that the scroll bar moves over. */
export function scrollHeightPx(space: ScrollSpace): number {
  return Math.min(contentPx(space), MAX_SCROLL_PX);
}

/** Whether the scroll bar and the rows move at different speeds. */
export function isScaled(space: ScrollSpace): boolean {
  return contentPx(space) > MAX_SCROLL_PX;
}

/** The furthest place of the rows' top edge. */
export function maxTopPx(space: ScrollSpace): number {
  return Math.max(0, contentPx(space) - space.viewPx);
}

/** Where the rows stand when the scroll bar is at `scrollTop`. */
export function topAtScroll(space: ScrollSpace, scrollTop: number): number {
  const range = scrollHeightPx(space) - space.viewPx;
  if (range <= 0) return 0;
  return clampTop(space, (scrollTop / range) * maxTopPx(space));
}

/** Where the scroll bar belongs when the rows stand at `topPx`. */
export function scrollAtTop(space: ScrollSpace, topPx: number): number {
  const most = maxTopPx(space);
  if (most === 0) return 0;
  return (clampTop(space, topPx) / most) * (scrollHeightPx(space) - space.viewPx);
}

export function clampTop(space: ScrollSpace, topPx: number): number {
  return Math.min(maxTopPx(space), Math.max(0, topPx));
}

/** First row of which a part is seen, and how many rows that are seen at least in part. */
export function rowsAtTop(space: ScrollSpace, topPx: number): { first: number; count: number } {
  const first = Math.min(Math.max(0, space.rows - 1), Math.floor(topPx / space.rowPx));
  const count = Math.min(space.rows - first, Math.ceil((topPx + space.viewPx) / space.rowPx) - first);
  return { first, count: Math.max(0, count) };
}

/** The place nearest to `topPx` at which a row is seen whole. */
export function topToReveal(space: ScrollSpace, topPx: number, row: number): number {
  const rowTop = row * space.rowPx;
  if (rowTop < topPx) return clampTop(space, rowTop);
  return clampTop(space, Math.max(topPx, rowTop + space.rowPx - space.viewPx));
}

/** Of a wheel that turns by lines. */
const LINE_PX = 20;
/** `WheelEvent.DOM_DELTA_LINE` and `DOM_DELTA_PAGE`. */
const BY_LINES = 1;
const BY_PAGES = 2;

/** Pixels that one unit of a wheel's way stands for. */
export function wheelUnitPx(deltaMode: number, viewPx: number): number {
  if (deltaMode === BY_PAGES) return viewPx;
  return deltaMode === BY_LINES ? LINE_PX : 1;
}

function contentPx(space: ScrollSpace): number {
  return space.rows * space.rowPx;
}
