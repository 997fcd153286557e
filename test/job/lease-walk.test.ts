import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobSummary } from '#protocol/job.ts';
import type { Lease } from '#protocol/lease.ts';
import type { LeaseJob } from '../../src/job/job-api.ts';
import type { Outcome } from '../../src/outcome.ts';
import { succeed } from '../../src/outcome.ts';
import { JobIndex } from '../../src/site/job-index.ts';
import { LEASE_ANSWER_MS, LEASE_ASK_MS, LEASE_REST_MS, LeaseWalk } from '../../src/site/lease-walk.ts';
import { migrateSite } from '../../src/site/schema.ts';
import { openNodeSql } from '../helpers/node-sql.ts';

type Asked = Promise<Outcome<Lease | undefined>>;

const BRIDGE = 'bridge-1';
const never = (): Asked => new Promise(() => undefined);
const grantTo = (jobId: string): Lease => ({ job_id: jobId }) as Lease;

let store: ReturnType<typeof openNodeSql>;
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  store = openNodeSql();
  migrateSite(store);
});
afterEach(() => {
  store.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A queue of short jobs in this order, and how each answers; one that is not told grants its lease. */
function openQueue(jobIds: readonly string[], answers: Readonly<Record<string, (asker: LeaseJob) => Asked>>) {
  const index = new JobIndex(store.sql);
  for (const [place, jobId] of jobIds.entries()) {
    const created_at = new Date(Date.now() - 1000 + place).toISOString();
    const summary = { job_id: jobId, lane: 'interactive', state: 'queued', created_at } as JobSummary;
    const owners = [`owner-${jobId}`];
    index.record(
      { summary, sequence: 1, owners, contentHash: jobId, cacheSeconds: 0, bridgeId: undefined },
      Date.now(),
    );
  }
  const asked: string[] = [];
  const walk = new LeaseWalk({
    sql: store.sql,
    index,
    jobOf: (jobId) => ({
      lease: (asker) => {
        asked.push(jobId);
        return answers[jobId]?.(asker) ?? Promise.resolve(succeed(grantTo(jobId)));
      },
    }),
    othersOf: () => [],
    onLeft: () => undefined,
    now: () => Date.now(),
  });
  let requests = 0;
  const lease = async (): Promise<string[]> => {
    const request_id = String(requests++).padStart(32, '0');
    const slots = { interactive: 16, batch: 0 };
    const leases = await walk.lease(BRIDGE, { request_id, boot_id: 'b'.repeat(32), slots });
    return leases.map(({ job_id }) => job_id);
  };
  const waiting = (): string[] => index.queue('interactive', Date.now()).map(({ jobId }) => jobId);
  return { lease, waiting, asked };
}

describe('a lease call', () => {
  it('waits for a job that hangs no longer than it may, gives out the others, and leaves it in the queue', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { lease, waiting } = openQueue(['hangs', 'second', 'third'], { hangs: never });
    const leases = lease();
    await vi.advanceTimersByTimeAsync(LEASE_ASK_MS);
    expect(await leases).toEqual(['second', 'third']);
    expect(waiting()).toEqual(['hangs']);
    expect(told).toHaveBeenCalledWith(expect.stringContaining('job hangs could not be asked'), expect.any(Error));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not held up by the same job again for a while, and asks it when that is over', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    let hangs = true;
    const answers = { hangs: () => (hangs ? never() : Promise.resolve(succeed(grantTo('hangs')))) };
    const { lease, asked } = openQueue(['hangs'], answers);
    const first = lease();
    await vi.advanceTimersByTimeAsync(LEASE_ASK_MS);
    expect(await first).toEqual([]);
    hangs = false;
    await vi.advanceTimersByTimeAsync(LEASE_REST_MS - 1);
    expect(await lease()).toEqual([]);
    expect(asked).toEqual(['hangs']);
    await vi.advanceTimersByTimeAsync(1);
    expect(await lease()).toEqual(['hangs']);
  });

  it('that meets many jobs that hang is answered in time all the same', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const hanging = Array.from({ length: 10 }, (_, place) => `hangs-${place}`);
    const { lease } = openQueue(['first', ...hanging], Object.fromEntries(hanging.map((jobId) => [jobId, never])));
    let leases: string[] | undefined;
    void lease().then((value) => (leases = value));
    await vi.advanceTimersByTimeAsync(LEASE_ANSWER_MS + LEASE_ASK_MS);
    expect(leases).toEqual(['first']);
  });

  it('leaves out a job that fails, which stays in the queue', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { lease, waiting } = openQueue(['fails', 'second'], { fails: () => Promise.reject(new Error('broken')) });
    expect(await lease()).toEqual(['second']);
    expect(waiting()).toEqual(['fails']);
  });

  it('asks a job once more whose object was reset meanwhile', async () => {
    const failures = [Object.assign(new Error('broken'), { durableObjectReset: true })];
    const resets = (): Asked => {
      const failure = failures.pop();
      return failure ? Promise.reject(failure) : Promise.resolve(succeed(grantTo('resets')));
    };
    const { lease } = openQueue(['resets', 'second'], { resets });
    expect(await lease()).toEqual(['resets', 'second']);
  });
});
