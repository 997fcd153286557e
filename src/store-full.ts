const STORE_IS_FULL = /SQLITE_FULL|disk is full/i;

/** Whether a store has no room: it says so where a statement is run, or where its object commits and is reset. */
export function isStoreFull(thrown: unknown): boolean {
  return thrown instanceof Error && STORE_IS_FULL.test(thrown.message);
}
