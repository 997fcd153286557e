/** What the bench measures of one run, and how runs become a line. */

export interface RunFigures {
  readonly records: number;
  readonly bytes: number;
  /** From the submit to the first `records` line at the reader. */
  readonly firstRecordMs: number;
  readonly elapsedMs: number;
  /** CPU of each process, seconds. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly peakRssBytes: Readonly<Record<string, number>>;
}

export interface Figures {
  readonly records: number;
  readonly records_per_second: number;
  readonly first_record_ms: number;
  readonly elapsed_ms: number;
  /** Of every process. */
  readonly core_seconds_per_million_records: Readonly<Record<string, number>>;
  readonly peak_rss_mb: Readonly<Record<string, number>>;
}

/** The median of each figure over the runs. */
export function medianOf(runs: readonly RunFigures[]): Figures {
  const names = Object.keys(runs[0]?.cpuSeconds ?? {});
  const of = (figure: (run: RunFigures) => number) => median(runs.map(figure));
  const perProcess = (figure: (run: RunFigures, name: string) => number, digits: number) =>
    Object.fromEntries(
      names.map((name) => [
        name,
        round(
          of((run) => figure(run, name)),
          digits,
        ),
      ]),
    );
  return {
    records: of((run) => run.records),
    records_per_second: Math.round(of((run) => (run.records / run.elapsedMs) * 1000)),
    first_record_ms: Math.round(of((run) => run.firstRecordMs)),
    elapsed_ms: Math.round(of((run) => run.elapsedMs)),
    core_seconds_per_million_records: perProcess((run, name) => ((run.cpuSeconds[name] ?? 0) / run.records) * 1e6, 2),
    peak_rss_mb: perProcess((run, name) => (run.peakRssBytes[name] ?? 0) / 1e6, 0),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** By which values grow from one to the next; least squares. */
export function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let covariance = 0;
  let variance = 0;
  for (const [index, value] of values.entries()) {
    covariance += (index - middle) * (value - mean);
    variance += (index - middle) ** 2;
  }
  return round(covariance / variance, 3);
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
