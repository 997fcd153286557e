import { env } from 'cloudflare:test';
import { decodeJobEvent, type JobEvent, type JobEventOf } from '#protocol/job-event.ts';
import { expect } from 'vitest';
import type { JobApi } from '../../src/job/job-api.ts';
import type { JobObject } from '../../src/job/job-object.ts';
import { unwrap } from '../../src/outcome.ts';
import { createRequest, leaseJob, writeDomain } from '../helpers/edge-job.ts';

/** Job objects of a test's own, and what a reader gets of them. */
export type Stub = DurableObjectStub<JobObject>;

export function newJob(): { id: string; job: JobApi; stub: Stub } {
  const id = env.JOB.newUniqueId();
  const stub = env.JOB.get(id);
  return { id: id.toString(), job: asApi(stub), stub };
}

export function asApi(stub: unknown): JobApi {
  return stub as JobApi;
}

export const records = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ CONTAINERID: 'x', N: index, S: '焊接 😀\t"' }));

export async function readBytes(job: JobApi, query: string): Promise<Uint8Array> {
  const response = await job.fetch(new Request(`https://job/stream?${query}`));
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

export function decodeLines(bytes: Uint8Array): JobEvent[] {
  return new TextDecoder().decode(bytes).trimEnd().split('\n').map(decodeJobEvent);
}

export async function readEvents(job: JobApi, query = ''): Promise<JobEvent[]> {
  return decodeLines(await readBytes(job, `gzip=0${query}`));
}

export const ofType = <Type extends JobEvent['type']>(events: JobEvent[], type: Type): JobEventOf<Type>[] =>
  events.filter((event): event is JobEventOf<Type> => event.type === type);

export const problemOf = async (response: Response) => ({
  status: response.status,
  code: (await response.json<{ code: string }>()).code,
});

/** A job with `history` (7 records in 3 chunks) and an empty `materials`. */
export async function finishedJob(change: Parameters<typeof createRequest>[1] = {}) {
  const made = newJob();
  unwrap(await made.job.create(createRequest(made.id, change)));
  const lease = await leaseJob(made.job);
  await writeDomain(made.job, lease, { domain: 'history', records: records(7), batchRecords: 3, idsTo: 10 });
  await writeDomain(made.job, lease, { domain: 'materials', records: [], idsTo: 10 });
  unwrap(await made.job.finish(lease, { records: 7 }));
  return { ...made, lease };
}

/** What a job of a lineage is made with. */
export const LINEAGE_SPEC = {
  kind: 'lineage',
  resume: 'restart',
  params: { kind: 'lineage', direction: 'backward', follow_merges: false },
} as const;
