/** An alarm this late is taken for lost: the platform was seen to forget one now and then. */
const LOST_ALARM_MS = 2000;

/** Whether an alarm that should have gone off at a moment has been forgotten. */
export function isLost(dueAtMs: number, now: number): boolean {
  return dueAtMs < now - LOST_ALARM_MS;
}
