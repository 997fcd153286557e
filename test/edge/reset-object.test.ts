import { runInDurableObject } from 'cloudflare:test';
import type { MockInstance } from 'vitest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Lease } from '#protocol/lease.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { Env } from '../../src/env.ts';
import { explainThrown } from '../../src/reset-object.ts';
import type { JobReads } from '../../src/site/steady-reads.ts';
import { steadyReads } from '../../src/site/steady-reads.ts';
import { eventually } from '../helpers/eventually.ts';
import { bridgeCall, call, connectBridge, makeEnv, post, takeLeases } from './app-harness.ts';
import { makeCompleteBody } from './segment-maker.ts';

const SEEDS = '/api/trace/seed-resolve';
const SEED = { CONTAINERID: '488103800029578b', CONTAINERNAME: 'GA26011704-A00-003' };
const seedBody = { profile: 'query_tool', params: { input_type: 'lot_id', values: ['GA26011704-A00-003'] } };
const ASYNC = { prefer: 'respond-async' };

let warned: MockInstance<typeof console.warn>;
beforeEach(() => {
  warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  warned.mockRestore();
});

const resetError = (marks: object): Error => Object.assign(new Error('broken'), marks);

/** Resets the object of a job until a call that waits on it has noticed. */
async function resetUnderWaiting(env: Env, jobId: string): Promise<void> {
  const stub = () => env.JOB.get(env.JOB.idFromString(jobId));
  const noticed = (): void => {
    if (!warned.mock.calls.some(([text]) => String(text).includes('was reset while it was asked')))
      throw new Error('nothing waits yet');
  };
  // A call is asked again once only: it has its time to notice before the object is reset once more.
  await eventually(async () => {
    await runInDurableObject(stub(), (_job, context) => context.abort('new code')).catch(() => undefined);
    await vi.waitFor(noticed, { interval: 10, timeout: 2000 });
  });
}

async function openSite(site: string): Promise<Env> {
  const env = makeEnv({ SITES: site });
  await connectBridge(env);
  return env;
}

async function complete(env: Env, lease: Lease): Promise<void> {
  const body = await makeCompleteBody(lease, { seeds: [SEED] });
  const response = await bridgeCall(env, `/bridge/v1/jobs/${lease.job_id}/complete`, { body, lease });
  if (!response.ok) throw new Error(await response.text());
}

async function takeLease(env: Env): Promise<Lease> {
  const [lease] = await takeLeases(env);
  if (!lease) throw new Error('no lease');
  return lease;
}

describe('a job whose object is reset', () => {
  it('answers the stage call that waits for its end all the same', async () => {
    const env = await openSite('reset1');
    const pending = post(env, SEEDS, seedBody);
    const lease = await takeLease(env);
    await resetUnderWaiting(env, lease.job_id);
    await complete(env, lease);
    const response = await pending;
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ seed_count: 1, seeds: [SEED] });
  });

  it('answers the long-poll on its status all the same', async () => {
    const env = await openSite('reset2');
    await post(env, SEEDS, seedBody, ASYNC);
    const lease = await takeLease(env);
    const path = `/api/trace/job/${lease.job_id}`;
    const etag = (await call(env, path)).headers.get('etag') ?? '';
    const held = call(env, path, { headers: { 'if-none-match': etag, prefer: 'wait=20' } });
    await resetUnderWaiting(env, lease.job_id);
    await complete(env, lease);
    expect((await held).status).toBe(200);
  });
});

describe('a read of a job', () => {
  /** Reads of a job whose calls fail one after the other, and then go well. */
  function readsThatFail(...failures: Error[]) {
    const waits: number[] = [];
    const job = (): JobReads =>
      ({
        waitForEnd: async (waitMs: number) => {
          waits.push(waitMs);
          vi.setSystemTime(Date.now() + 3000);
          const failure = failures.shift();
          if (failure) throw failure;
          return 'answer';
        },
      }) as unknown as JobReads;
    return { reads: steadyReads(job), waits };
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([{ durableObjectReset: true }, { retryable: true }])(
    'that fails with %o is asked once more, for the rest of the time',
    async (marks) => {
      const { reads, waits } = readsThatFail(resetError(marks));
      expect(await reads.waitForEnd(10_000)).toBe('answer');
      expect(waits).toEqual([10_000, 7000]);
    },
  );

  it('that fails a second time is given up', async () => {
    const second = resetError({ durableObjectReset: true });
    const { reads, waits } = readsThatFail(resetError({ durableObjectReset: true }), second);
    await expect(reads.waitForEnd(1000)).rejects.toBe(second);
    expect(waits).toEqual([1000, 0]);
  });

  it.each([{ overloaded: true, retryable: true }, {}])('that fails with %o is not asked again', async (marks) => {
    const { reads, waits } = readsThatFail(resetError(marks));
    await expect(reads.waitForEnd(10_000)).rejects.toThrow('broken');
    expect(waits).toEqual([10_000]);
  });
});

describe('a caller whose call was interrupted', () => {
  it.each([
    [{ durableObjectReset: true }, 1],
    [{ retryable: true }, 1],
    [{ overloaded: true }, 5],
  ])('by an object that is %o is told when to come back', (marks, retryAfterSeconds) => {
    const cause = resetError(marks);
    expect(explainThrown(cause)).toMatchObject({ code: 'INTERNAL', retryable: true, retryAfterSeconds, cause });
  });

  it('is told nothing of the kind of a defect, or of a refusal that may pass', () => {
    expect(explainThrown(new Error('no such table'))).toMatchObject({ retryAfterSeconds: undefined });
    const refusal = new ProblemError('BRIDGE_UNAVAILABLE', 'No bridge.', { retryAfterSeconds: 5 });
    expect(explainThrown(refusal)).toBe(refusal);
  });
});
