import { MAX_DETECTION_DAYS } from '#protocol/limits.ts';
import { countDays, plantDateSchema } from '#protocol/trace.ts';

/** Days that are offered at first where lots are found by the days on which they were worked on: a week of a plant is much. */
export const DETECTION_DAYS = 7;
/** The same for machines: of few of them, people look for what changed, and compare weeks. */
export const MACHINE_DAYS = 30;
const DAY_MS = 86_400_000;
/** The plant's clock is ahead of UTC by so much; it has no summer time. */
const PLANT_OFFSET_MS = 8 * 3_600_000;

/** What is wrong with a first and a last day. */
export type DaysTrouble = 'wrongDay' | 'reversedDays' | 'tooManyDays';

/** A first and a last day, as a date field has them. */
export interface Days {
  readonly startDate: string;
  readonly endDate: string;
}

/** `days`: from the first to the last, both included; 0 if they cannot be counted. */
export interface DaysInput {
  readonly days: number;
  readonly trouble: DaysTrouble | undefined;
}

export function checkDays(startDate: string, endDate: string): DaysInput {
  if (![startDate, endDate].every((date) => plantDateSchema.safeParse(date).success))
    return { days: 0, trouble: 'wrongDay' };
  if (startDate > endDate) return { days: 0, trouble: 'reversedDays' };
  const days = countDays(startDate, endDate);
  return { days, trouble: days > MAX_DETECTION_DAYS ? 'tooManyDays' : undefined };
}

/** So many days, of which today is the last, as the plant's calendar has it: at its seven in the morning UTC is a day behind. */
export function lastDays(nowMs: number, days: number): Days {
  const today = nowMs + PLANT_OFFSET_MS;
  return { startDate: dateOf(today - (days - 1) * DAY_MS), endDate: dateOf(today) };
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
