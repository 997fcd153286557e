/** Whether a caller wants work done for it alone: neither an earlier result nor a job that runs already (`no-cache`). */
export function wantsFresh(cacheControl: string | undefined): boolean {
  return /(^|,)\s*no-cache\s*(,|=|$)/i.test(cacheControl ?? '');
}
