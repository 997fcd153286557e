import type { SampleProgress } from './generate-sample.ts';

/** At most one line in this time, so that a long run stays readable. */
const LINE_INTERVAL_MS = 1000;

export interface ProgressLines {
  /** The line to print for this progress, or `undefined` if the last one is too recent. */
  next(progress: SampleProgress): string | undefined;
  last(result: { file: string; rows: number; bytes: number }): string;
}

/** Lines like ` 42 %  history    1,234,567 rows    6.1 s`. `now` answers milliseconds of any clock. */
export function createProgressLines(now: () => number): ProgressLines {
  const startedAtMs = now();
  let shownAtMs = Number.NEGATIVE_INFINITY;
  const elapsed = (atMs: number) => `${((atMs - startedAtMs) / 1000).toFixed(1)} s`;
  return {
    next({ percent, statement, rows }) {
      const atMs = now();
      if (atMs - shownAtMs < LINE_INTERVAL_MS) return undefined;
      shownAtMs = atMs;
      const share = `${Math.floor(percent)} %`.padStart(5);
      return `${share}  ${statement.padEnd(10)} ${rows.toLocaleString('en').padStart(13)} rows  ${elapsed(atMs).padStart(8)}`;
    },
    last({ file, rows, bytes }) {
      return `${file}: ${rows.toLocaleString('en')} rows, ${Math.round(bytes / 1e6).toLocaleString('en')} MB, ${elapsed(now())}`;
    },
  };
}
