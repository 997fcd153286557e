/** Whole seconds until `waitSeconds` after an instant have gone by. A clock that ticks may still show a time before it. */
export function secondsToWait(waitSeconds: number, heardAtMs: number, nowMs: number): number {
  const goneMs = Math.max(0, nowMs - heardAtMs);
  return Math.max(0, Math.ceil(waitSeconds - goneMs / 1000));
}
