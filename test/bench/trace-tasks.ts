/** What is needed of an event of Chromium's trace; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Time of the thread, without what it waited for a core. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const TASK = /(^|::)RunTask$/;

/** Thread time of the tasks of renderers' main threads in a trace, in milliseconds, longest first. */
export function mainThreadTasks(trace: string): number[] {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map((event) => threadOf(event)),
  );
  return traceEvents
    .filter((event) => event.ph === 'X' && TASK.test(event.name) && mains.has(threadOf(event)))
    .map(({ tdur = 0 }) => Math.round(tdur / 100) / 10)
    .toSorted((a, b) => b - a);
}
