/** Arithmetic of plant times and dates (`YYYY-MM-DDTHH:MM:SS`, `YYYY-MM-DD`), which have no zone. */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The same time of day so many months before; the last day of that month where it has no such day. */
export function monthsBefore(time: string, months: number): string {
  const from = new Date(`${time}Z`);
  const day = from.getUTCDate();
  from.setUTCDate(1);
  from.setUTCMonth(from.getUTCMonth() - months);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 0)).getUTCDate();
  from.setUTCDate(Math.min(day, lastDay));
  return toText(from.getTime());
}

export function addHours(time: string, hours: number): string {
  return toText(Date.parse(`${time}Z`) + hours * HOUR_MS);
}

export function addSeconds(time: string, seconds: number): string {
  return toText(Date.parse(`${time}Z`) + seconds * 1000);
}

/** The first moment of a date, and of the one behind it. */
export function startOfDay(date: string): string {
  return `${date}T00:00:00`;
}

export function startOfNextDay(date: string): string {
  return toText(Date.parse(`${date}T00:00:00Z`) + DAY_MS);
}

function toText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
