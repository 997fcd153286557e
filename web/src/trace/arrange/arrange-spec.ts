/** What a person wants of the records of one domain. Plain data: it crosses by structured clone. */
export interface SortSpec {
  readonly column: string;
  readonly isDescending: boolean;
}

export interface ColumnFilter {
  readonly column: string;
  /** As it was typed; `readCondition` says what it means. */
  readonly text: string;
}

export interface ArrangeSpec {
  readonly sort: SortSpec | undefined;
  readonly filters: readonly ColumnFilter[];
}

/** Characters of one filter: what can be typed is what an address is believed. */
export const MAX_FILTER_CHARS = 500;

export const NO_ARRANGEMENT: ArrangeSpec = { sort: undefined, filters: [] };

export function isArranged(spec: ArrangeSpec): boolean {
  return spec.sort !== undefined || spec.filters.length > 0;
}

/** Rising, falling, then as the records came. */
export function nextSort(sort: SortSpec | undefined, column: string): SortSpec | undefined {
  if (sort?.column !== column) return { column, isDescending: false };
  return sort.isDescending ? undefined : { column, isDescending: true };
}

/** The same with another text for a column; an empty one takes its filter away. */
export function withFilter(spec: ArrangeSpec, column: string, text: string): ArrangeSpec {
  const others = spec.filters.filter((filter) => filter.column !== column);
  return { ...spec, filters: text.trim() === '' ? others : [...others, { column, text: text.trim() }] };
}
