const INTERNAL_ID = /^(container|equipment|resource|job)_?id$/i;

/** Columns in the order of the record, but internal ids last: people know lots and machines by name. */
export function orderColumns(columns: readonly string[]): string[] {
  return [...columns.filter((name) => !INTERNAL_ID.test(name)), ...columns.filter((name) => INTERNAL_ID.test(name))];
}
