import { jobIdSchema } from '#protocol/ids.ts';
import type { IdsRange } from '#protocol/trace.ts';
import { idsRangeSchema } from '#protocol/trace.ts';
import type { ClientProblem } from '../stream/client-problem.ts';

/** Parts that one trace may be read in: their jobs all stand in its address. */
export const MAX_PARTS = 20;

/** One of the jobs that together read a trace which is too large for one. */
export interface TracePart {
  /** Of the sorted containers of the trace: `from` counts from 0, `to` is behind the last. */
  readonly range: IdsRange;
  /** `undefined` until the edge has accepted it. */
  readonly jobId: string | undefined;
}

export interface PartsSnapshot {
  readonly parts: readonly TracePart[];
  /** `waiting`: refused for now and asked again by itself; `stopped`: the rest is not asked for. */
  readonly posting: 'active' | 'waiting' | 'stopped' | 'done';
  /** Why it waits or has stopped. */
  readonly problem: ClientProblem | undefined;
}

export function partsAsTold(parts: readonly TracePart[]): PartsSnapshot {
  const isDone = parts.every(({ jobId }) => jobId !== undefined);
  return { parts, posting: isDone ? 'done' : 'stopped', problem: undefined };
}

/** Which of the parts a job is, counted from 1; `undefined` when it is none. */
export function placeOfJob(
  parts: readonly TracePart[] | undefined,
  jobId: string | undefined,
): { readonly at: number; readonly count: number } | undefined {
  const place = parts?.findIndex((part) => part.jobId !== undefined && part.jobId === jobId) ?? -1;
  return parts === undefined || place === -1 ? undefined : { at: place + 1, count: parts.length };
}

const PART = /^(\d{1,9})-(\d{1,9})(?:-([0-9a-f]+))?$/;

/** The parts as they stand in an address: `0-40000-JOB,40000-80000`. */
export function writeParts(parts: readonly TracePart[]): string {
  return parts
    .map(({ range: { from, to }, jobId }) => [from, to, ...(jobId === undefined ? [] : [jobId])].join('-'))
    .join(',');
}

/** Reads the parts of an address; none where one of them is malformed. */
export function readParts(text: string | null): readonly TracePart[] {
  if (text === null) return [];
  const parts = text.split(',').map(readPart);
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length && known.length <= MAX_PARTS ? known : [];
}

function readPart(text: string): TracePart | undefined {
  const [, from, to, id] = PART.exec(text) ?? [];
  const range = idsRangeSchema.safeParse({ from: Number(from), to: Number(to) });
  if (!range.success) return undefined;
  if (id === undefined) return { range: range.data, jobId: undefined };
  const jobId = jobIdSchema.safeParse(id);
  return jobId.success ? { range: range.data, jobId: jobId.data } : undefined;
}
