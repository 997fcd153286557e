/** Numbers, spans and times as a person of that language reads them. Pure: the language is an argument. */
export const LANGUAGES = ['zh-TW', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const MEGABYTE_BYTES = 1_000_000;
/** Below it a size in megabytes would be 0.0 or 0.1. */
const SMALL_BYTES = 150_000;

const counts = new Map<Language, Intl.NumberFormat>();
const spans = new Map<Language, Intl.RelativeTimeFormat>();

export function formatCount(value: number, language: Language): string {
  const known = counts.get(language) ?? new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  counts.set(language, known);
  return known.format(value);
}

/** A small figure without a unit, of which the third place still counts. */
export function formatScore(value: number, language: Language): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 3 }).format(value);
}

/** A percentage that never says 100 before the end. */
export function formatPercent(percent: number, language: Language): string {
  const shown = percent >= 100 ? 100 : Math.min(99.9, Math.floor(percent * 10) / 10);
  const digits = shown === 100 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(shown)}%`;
}

/** A span in seconds, in its two largest units. */
export function formatDuration(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / HOUR_SECONDS);
  const minutes = Math.floor((whole % HOUR_SECONDS) / MINUTE_SECONDS);
  const rest = whole % MINUTE_SECONDS;
  const [h, m, s] = language === 'en' ? [' h', ' min', ' s'] : [' 小時', ' 分', ' 秒'];
  if (hours > 0) return `${hours}${h} ${pad(minutes)}${m}`;
  if (minutes > 0) return `${minutes}${m} ${pad(rest)}${s}`;
  return `${rest}${s}`;
}

/** A span from now in its largest unit: seconds to come, or, negative, gone by. */
export function formatAgo(seconds: number, language: Language): string {
  const units = [
    ['day', 24 * HOUR_SECONDS],
    ['hour', HOUR_SECONDS],
    ['minute', MINUTE_SECONDS],
  ] as const;
  const format = spans.get(language) ?? new Intl.RelativeTimeFormat(language);
  spans.set(language, format);
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const);
  return format.format(Math.trunc(seconds / size), unit);
}

/** Names one after the other. `Intl.ListFormat` parts Chinese ones with blanks, or puts a word before the last. */
export function formatList(names: readonly string[], language: Language): string {
  return names.join(language === 'zh-TW' ? '、' : ', ');
}

/** Bytes in megabytes, the unit in which results differ; what is next to nothing in kilobytes. */
export function formatBytes(bytes: number, language: Language): string {
  if (bytes < SMALL_BYTES) return `${formatCount(Math.ceil(bytes / 1000), language)} kB`;
  const megabytes = bytes / MEGABYTE_BYTES;
  const digits = megabytes < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(megabytes)} MB`;
}

/** The time of day of an instant, in the reader's own zone. */
export function formatClock(iso: string, language: Language): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : time.toLocaleTimeString(language, { hour12: false });
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
