/** A time as the warehouse writes it. */
export const PLANT_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/;
const TYPED_TIME = /^(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d))?)?$/;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A span of plant time in milliseconds, as if the plant's clock were UTC: `toMs` is behind it. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Milliseconds of a time as the warehouse writes it (`2026-01-05T08:00:00`); `undefined` for anything else. */
export function readPlantTime(text: string): number | undefined {
  const found = PLANT_TIME.exec(text);
  return found === null ? undefined : msOf(found);
}

/** The day, minute or second that a person wrote; `undefined` for what is no time. */
export function readTypedTime(text: string): TimeSpan | undefined {
  const found = TYPED_TIME.exec(text.trim());
  const fromMs = found === null ? undefined : msOf(found);
  if (found === null || fromMs === undefined) return undefined;
  const lengthMs = found[4] === undefined ? DAY_MS : found[6] === undefined ? MINUTE_MS : SECOND_MS;
  return { fromMs, toMs: fromMs + lengthMs };
}

/** @returns `undefined` for a day or an hour that does not exist. */
function msOf(parts: readonly (string | undefined)[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  // `Date.UTC` would take the years up to 99 for ones of the last century.
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getUTCDate() === day && month >= 1 && month <= 12 ? date.getTime() : undefined;
}
