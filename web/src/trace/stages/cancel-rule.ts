const ASK_AFTER_MS = 10_000;
const ASK_AFTER_RECORDS = 50_000;

/** Whether a cancel would throw so much away that the page asks first. */
export function mustAskBeforeCancel(elapsedMs: number, records: number): boolean {
  return elapsedMs > ASK_AFTER_MS || records > ASK_AFTER_RECORDS;
}
