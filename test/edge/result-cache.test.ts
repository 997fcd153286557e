import { env as bindings, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { CompleteHead } from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import type { JobAccepted, JobList, JobState } from '#protocol/job.ts';
import type { Lease } from '#protocol/lease.ts';
import { directionSchema } from '#protocol/trace.ts';
import { STATEMENT_SET_VERSION } from '#protocol/version.ts';
import { sha256Hex } from '../../src/access/digest.ts';
import type { Env } from '../../src/env.ts';
import { acceptJob } from '../../src/routes/submit/accept-job.ts';
import { hashContent } from '../../src/routes/submit/content-hash.ts';
import { bridgeCall, call, connectBridge, makeEnv, post, takeLeases } from './app-harness.ts';
import { eventually } from '../helpers/eventually.ts';

const SEEDS = '/api/trace/seed-resolve';
const LINEAGE = '/api/trace/lineage';
const EVENTS = '/api/trace/events';
const ASYNC = { prefer: 'respond-async' };
const A = '488103800029578b';
const B = '48812c8000039e15';
const seedBody = { profile: 'query_tool', params: { input_type: 'lot_id', values: ['GA26011704-A00-003'] } };
const eventsBody = { profile: 'query_tool', domains: ['history'], container_ids: [A, B] };

async function openSite(site: string, variables: Partial<Env> = {}): Promise<Env> {
  const env = makeEnv({ SITES: site, ...variables });
  await connectBridge(env);
  return env;
}

async function submit(env: Env, path: string, body: unknown): Promise<string> {
  const response = await post(env, path, body, ASYNC);
  const answer = await response.json<Partial<JobAccepted>>();
  if (answer.job_id === undefined) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  return answer.job_id;
}

/** Ids of a job in the batch lane. */
function longList(): string[] {
  return Array.from({ length: 1001 }, (_, index) => index.toString(16).padStart(16, '0'));
}

interface Ending {
  readonly state?: JobState;
  /** How a domain ends that does not end complete. */
  readonly ends?: Partial<Record<Domain, 'truncated' | 'failed'>>;
}

/** Ends the job that waits, without records. Resolves when the site has heard of its end. */
async function finishNext(env: Env, { state = 'succeeded', ends = {} }: Ending = {}): Promise<string> {
  const [lease] = await takeLeases(env);
  if (!lease) throw new Error('no lease');
  const body = frameOf(lease, ends);
  const done = await bridgeCall(env, `/bridge/v1/jobs/${lease.job_id}/complete`, { body, lease });
  if (!done.ok) throw new Error(await done.text());
  await eventually(async () => {
    const { jobs } = await (await call(env, '/api/trace/jobs')).json<JobList>();
    expect(jobs.find((job) => job.job_id === lease.job_id)?.state).toBe(state);
  });
  return lease.job_id;
}

function frameOf({ spec }: Lease, ends: NonNullable<Ending['ends']>): Uint8Array<ArrayBuffer> {
  const domains: CompleteHead['domains'] = spec.domains.map((domain) => ({
    domain,
    ids_to: spec.cid_count,
    containers_found: 0,
    status: ends[domain] ?? 'complete',
    ...(ends[domain] === 'failed' ? { code: 'QUERY_TIMEOUT', detail: 'It took too long.' } : {}),
  }));
  const head = new TextEncoder().encode(JSON.stringify({ domains, aggregation: {} }));
  const frame = new Uint8Array(4 + head.byteLength);
  new DataView(frame.buffer).setUint32(0, head.byteLength);
  frame.set(head, 4);
  return frame;
}

describe('an equal request', () => {
  it('is one whose ids and domains are the same, in whatever order and however often', async () => {
    const env = await openSite('cache1');
    const two = { ...eventsBody, domains: ['history', 'holds'] };
    const first = await submit(env, EVENTS, two);
    const shuffled = { ...two, container_ids: [B, A, B], domains: ['holds', 'history', 'holds'], params: {} };
    expect(await submit(env, EVENTS, { ...shuffled, site: 'cache1' })).toBe(first);
  });

  const OTHERS: readonly (readonly [name: string, path: string, change: Record<string, unknown>])[] = [
    ['another profile', EVENTS, { profile: 'query_tool_reverse' }],
    ['another site', EVENTS, { site: 'cache2b' }],
    ['other ids', EVENTS, { container_ids: [A] }],
    ['another part of the ids', EVENTS, { ids_range: { from: 1, to: 2 } }],
    ['other domains', EVENTS, { domains: ['history', 'holds'] }],
    ['seeds', EVENTS, { seed_container_ids: [A] }],
    ['another stage', LINEAGE, { domains: undefined }],
  ];
  it.each(OTHERS)('is not one with %s', async (...[name, path, change]) => {
    const [site, other] = [`cache2-${OTHERS.findIndex((each) => each[0] === name)}`, 'cache2b'];
    const env = makeEnv({ SITES: `${site},${other}` });
    await connectBridge(env);
    if (change['site'] === other) await connectBridge(makeEnv({ SITES: other }));
    const first = await submit(env, EVENTS, eventsBody);
    const body = Object.fromEntries(
      Object.entries({ ...eventsBody, ...change }).filter(([, value]) => value !== undefined),
    );
    expect(await submit(env, path, body)).not.toBe(first);
    expect(await submit(env, EVENTS, eventsBody)).toBe(first);
  });

  it('is not one of another direction', async () => {
    const env = await openSite('cache3');
    const body = { profile: 'mid_section_defect', container_ids: [A] };
    const jobs: string[] = [];
    for (const direction of directionSchema.options)
      jobs.push(await submit(env, LINEAGE, { ...body, params: { direction } }));
    expect(new Set(jobs).size).toBe(jobs.length);
    expect(jobs).toContain(await submit(env, LINEAGE, body));

    const source = { ids: new Uint8Array(8), count: 1, content: { ids_sha256: 'same' } };
    const accept = async (direction: string) => {
      const request = {
        kind: 'lineage',
        site: 'cache3',
        profile: 'query_tool',
        domains: ['nodes', 'edges'],
        params: { kind: 'lineage', direction: 'backward', follow_merges: false },
        source,
        content: { direction },
        limitIds: 1,
      } as const;
      const { status } = await acceptJob(env, request, { owner: 'local', share: true, idempotencyKey: undefined });
      return status.job_id;
    };
    expect(await accept('forward')).not.toBe(await accept('backward'));
  });

  it('is not one of another set of statements', async () => {
    const text = `{"a":1,"b":[2,1],"statement_set":${STATEMENT_SET_VERSION}}`;
    expect(await hashContent({ b: [2, 1], a: 1, c: undefined })).toBe(await sha256Hex(text));
  });
});

describe('a result', () => {
  it('that is complete answers with its age, in one body or as a job', async () => {
    const env = await openSite('cache4', { TRACE_ASYNC_CID_THRESHOLD: '1' });
    for (const body of [{ ...eventsBody, container_ids: [A] }, eventsBody]) {
      const jobId = await submit(env, EVENTS, body);
      expect(await finishNext(env)).toBe(jobId);
      for (const headers of [{}, ASYNC]) {
        const response = await post(env, EVENTS, body, headers);
        expect(response.headers.get('age')).toMatch(/^[0-9]+$/);
        expect(await response.json()).toMatchObject({ job_id: jobId });
      }
    }
    expect((await post(env, EVENTS, { ...eventsBody, domains: ['jobs'] }, ASYNC)).headers.get('age')).toBeNull();
  });

  it.each<[Ending]>([
    [{ state: 'partial', ends: { holds: 'failed' } }],
    [{ state: 'succeeded', ends: { holds: 'truncated' } }],
  ])('that is not whole answers nobody: %j', async (ending) => {
    const env = await openSite(`cache5-${ending.state}`);
    const body = { ...eventsBody, domains: ['history', 'holds'] };
    const jobId = await submit(env, EVENTS, body);
    await finishNext(env, ending);
    expect(await submit(env, EVENTS, body)).not.toBe(jobId);
  });

  /** For how long a result may answer others, from its end. */
  const cachedSeconds = async (env: Awaited<ReturnType<typeof openSite>>, path: string, body: unknown) => {
    const jobId = await submit(env, path, body);
    await finishNext(env);
    const { ended_at } = await (await call(env, `/api/trace/job/${jobId}`)).json<{ ended_at: string }>();
    const untilMs = await runInDurableObject(
      bindings.SITE.getByName(env.SITES),
      (_site, { storage }) =>
        storage.sql
          .exec<{ until: number }>('SELECT cached_until_ms AS until FROM reservation WHERE job_id = ?', jobId)
          .one().until,
    );
    return (untilMs - Date.parse(ended_at)) / 1000;
  };
  const TIMES: readonly (readonly [name: string, path: string, body: unknown, seconds: number])[] = [
    ['seeds', SEEDS, seedBody, 60],
    ['lineage', LINEAGE, { profile: 'query_tool', container_ids: [A] }, 300],
    ['history', EVENTS, eventsBody, 300],
    ['history-holds', EVENTS, { ...eventsBody, domains: ['history', 'holds'] }, 180],
    ['jobs', EVENTS, { ...eventsBody, domains: ['jobs'] }, 180],
    ['long', EVENTS, { ...eventsBody, container_ids: longList() }, 300],
  ];
  it.each(TIMES)('of %s answers for the least time of its domains', async (...[name, path, body, seconds]) => {
    expect(await cachedSeconds(await openSite(`cache6-${name}`), path, body)).toBe(seconds);
  });

  it('answers nobody in the last two seconds that it is kept', async () => {
    const env = await openSite('cache9', { TRACE_SEED_CACHE_SECONDS: '600' });
    expect(await cachedSeconds(env, SEEDS, seedBody)).toBe(298);
  });

  it('answers nobody when its time is set to 0, while equal requests still share a job that runs', async () => {
    const env = await openSite('cache7', { TRACE_SEED_CACHE_SECONDS: '0' });
    const jobId = await submit(env, SEEDS, seedBody);
    expect(await submit(env, SEEDS, seedBody)).toBe(jobId);
    await finishNext(env);
    expect(await submit(env, SEEDS, seedBody)).not.toBe(jobId);
  });

  it('of more ids than the limit answers nobody, while equal requests still share a job that runs', async () => {
    const env = await openSite('cache8', { TRACE_CACHE_SKIP_IDS: '2' });
    const atLimit = await submit(env, EVENTS, eventsBody);
    await finishNext(env);
    expect(await submit(env, EVENTS, eventsBody)).toBe(atLimit);
    const above = { ...eventsBody, container_ids: [A, B, 'f'.repeat(16)] };
    const jobId = await submit(env, EVENTS, above);
    expect(await submit(env, EVENTS, above)).toBe(jobId);
    await finishNext(env);
    expect(await submit(env, EVENTS, above)).not.toBe(jobId);
  });
});
