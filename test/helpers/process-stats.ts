import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

/** CPU and memory of processes as Linux accounts them. */

const TICKS_PER_SECOND = 100;

/** User and system time of all its threads, in seconds. */
export function cpuSeconds(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The processes that this one has started and that still run. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** Sum of a figure over a process and those it has started. */
export function withChildren(figure: (pid: number) => number): (pid: number) => number {
  return (pid) => [pid, ...childrenOf(pid)].reduce((sum, one) => sum + figure(one), 0);
}

export function isRunning(pid: number): boolean {
  // A process that has ended stays as a zombie until its parent has asked for its exit code.
  return existsSync(`/proc/${pid}`) && statFields(pid)[0] !== 'Z';
}

/** Unix niceness of a process. */
export function niceness(pid: number): number {
  return Number(statFields(pid)[16]);
}

/** Resident memory now. */
export function rssBytes(pid: number): number {
  return statusBytes(pid, 'VmRSS');
}

/** The most it was resident with since `resetPeakRss`, which begins anew for its children too. */
export function peakRssBytes(pid: number): number {
  return statusBytes(pid, 'VmHWM');
}

export function resetPeakRss(pid: number): void {
  for (const one of [pid, ...childrenOf(pid)]) writeFileSync(`/proc/${one}/clear_refs`, '5');
}

/** `/proc/PID/stat` from its third field on. */
function statFields(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
}

function statusBytes(pid: number, name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}
