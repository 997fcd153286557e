import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobStatus } from '#protocol/job.ts';
import { MAX_CHUNK_RAW_BYTES } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { SealedChunk } from '../../src/job/log-rows.ts';
import { createBodyStream } from '../../src/job/body-stream.ts';
import { problemResponse } from '../../src/routes/http/problem-response.ts';
import { readCsv } from '../../src/routes/query-tool/export-csv.ts';
import { readJson } from '../../src/routes/submit/answer-job.ts';
import type { JobReads } from '../../src/site/steady-reads.ts';
import { inflatedBudget } from '../../src/stream/isolate-budget.ts';

const PAGE_ROWS = 1000;
const TOTAL_ROWS = 2500;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const busy = (): Response =>
  problemResponse(new ProblemError('RATE_LIMITED', 'Too many pages.', { retryAfterSeconds: 1 }), '');

/** The job of a query with so many rows, whose `busyAt`th calls find no room; and the calls it got. */
function queryJob(busyAt: (call: number) => boolean) {
  const calls: string[] = [];
  const fetch = async ({ url }: Request): Promise<Response> => {
    calls.push(url);
    if (busyAt(calls.length)) return busy();
    const { searchParams } = new URL(url);
    const offset = Number(searchParams.get('offset'));
    const rows = Math.min(PAGE_ROWS, TOTAL_ROWS - offset);
    const data = Array.from({ length: rows }, (_, index) => ({ N: offset + index }));
    return Response.json({ domain: 'rows', offset, limit: PAGE_ROWS, total: TOTAL_ROWS, complete: true, data });
  };
  return { job: { fetch } as unknown as JobReads, calls };
}

describe('a body for which there is no room at this moment', () => {
  it('is refused with a time to come back', () => {
    const release = inflatedBudget.tryTake(inflatedBudget.limitBytes, Date.now());
    try {
      const chunk = { rawBytes: MAX_CHUNK_RAW_BYTES } as SealedChunk;
      const open = () => createBodyStream([{ chunk, from: 0, count: 1 }], () => undefined);
      expect(open).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', retryAfterSeconds: 1 }));
    } finally {
      release?.();
    }
  });

  it('is asked for again by a stage that waited for its job', async () => {
    const { job, calls } = queryJob((call) => call <= 2);
    const answer = readJson(job, '/answer?offset=2400');
    await vi.advanceTimersByTimeAsync(2000);
    expect(await (await answer).json()).toMatchObject({ total: TOTAL_ROWS });
    expect(calls).toHaveLength(3);
  });

  it('is given up after ten times, and its caller is told when to come back', async () => {
    const { job, calls } = queryJob(() => true);
    const refused = readJson(job, '/answer').catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(9000);
    expect(await refused).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1 });
    expect(calls).toHaveLength(10);
  });

  it('does not end an export in the middle of its file', async () => {
    const { job } = queryJob((call) => call === 2 || call === 3);
    const status = { job_id: 'a'.repeat(64), domains: { rows: { records: TOTAL_ROWS } } } as unknown as JobStatus;
    const response = await readCsv(job, status, { exportType: 'lot_history', language: 'en' });
    const text = response.text();
    await vi.advanceTimersByTimeAsync(2000);
    // A line of names before the rows, and a line end behind each.
    expect((await text).trimEnd().split('\n')).toHaveLength(1 + TOTAL_ROWS);
  });
});
