import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IdsRange } from '#protocol/trace.ts';
import type { ClientProblem } from '../../web/src/stream/client-problem.ts';
import { ClientProblemError } from '../../web/src/stream/client-problem.ts';
import type { TracePart } from '../../web/src/trace/part-list.ts';
import { MAX_PARTS, placeOfJob, readParts, writeParts } from '../../web/src/trace/part-list.ts';
import type { RecordsJob } from '../../web/src/trace/run/event-stage.ts';
import { TraceParts } from '../../web/src/trace/run/trace-parts.ts';
import { FakeClock } from '../helpers/web-fake-source.ts';

const idOf = (n: number) => String(n).padStart(64, '0');
const range = (n: number): IdsRange => ({ from: n * 10, to: n * 10 + 10 });
const unposted = (count: number): TracePart[] =>
  Array.from({ length: count }, (_, n) => ({ range: range(n), jobId: undefined }));

describe('the parts in an address', () => {
  const part = fc
    .record({
      from: fc.nat(999_998),
      size: fc.integer({ min: 1, max: 1000 }),
      jobId: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/), { nil: undefined }),
    })
    .map(({ from, size, jobId }): TracePart => ({ range: { from, to: from + size }, jobId }));

  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: MAX_PARTS }), (parts) => {
        expect(readParts(writeParts(parts))).toEqual(parts);
      }),
    );
  });

  it('are none where one is malformed, or where there are too many', () => {
    const good = `0-10-${idOf(1)}`;
    expect(readParts(`${good},10-20`)).toHaveLength(2);
    for (const wrong of ['', '10', '10-', '20-10', '5-5', '-1-2', `10-20-${idOf(1)}0`, '10-20-../x', '1e3-2e3', ','])
      expect([wrong, readParts(`${good},${wrong}`)]).toEqual([wrong, []]);
    expect(readParts(writeParts(unposted(MAX_PARTS + 1)))).toEqual([]);
    expect(readParts(null)).toEqual([]);
  });

  it('say which of them a job is', () => {
    const parts = readParts(`0-10-${idOf(1)},10-20-${idOf(2)},20-30`);
    expect(placeOfJob(parts, idOf(2))).toEqual({ at: 2, count: 3 });
    expect([placeOfJob(parts, idOf(3)), placeOfJob(parts, undefined), placeOfJob(undefined, idOf(1))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

/** An edge that accepts a call, refuses it, or never answers it. */
function edgeOf(answers: readonly (ClientProblem | 'accept' | 'hang')[]) {
  const script = [...answers];
  const asked: IdsRange[] = [];
  const clock = new FakeClock(0);
  const post = async (wanted: IdsRange, signal: AbortSignal): Promise<RecordsJob> => {
    asked.push(wanted);
    const answer = script.shift() ?? 'accept';
    if (answer === 'hang')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    if (typeof answer === 'object') throw new ClientProblemError(answer);
    return { jobId: idOf(wanted.to), streamUrl: `/stream/${wanted.to}` };
  };
  return { asked, clock, post };
}

function partsOf(count: number, answers: readonly (ClientProblem | 'accept' | 'hang')[] = []) {
  const edge = edgeOf(answers);
  const told: string[] = [];
  const parts = new TraceParts(unposted(count), { ...edge, changed: () => told.push(parts.snapshot().posting) });
  return { parts, told, ...edge };
}

/** Until nothing more happens by itself. */
const settle = () => new Promise((resolve) => setTimeout(resolve));
const jobsOf = (parts: TraceParts) => parts.snapshot().parts.map(({ jobId }) => jobId);

describe('the parts of a trace', () => {
  it('are posted one after the other, each once', async () => {
    const { parts, asked } = partsOf(3);
    expect(await parts.postNext()).toEqual({ jobId: idOf(10), streamUrl: '/stream/10' });
    expect(parts.snapshot().posting).toBe('active');
    await parts.postRest();
    expect(asked).toEqual([range(0), range(1), range(2)]);
    expect(jobsOf(parts)).toEqual([idOf(10), idOf(20), idOf(30)]);
    expect(parts.snapshot().posting).toBe('done');
    await parts.postRest();
    expect(asked).toHaveLength(3);
  });

  it('wait out a refusal for now, as long as it says', async () => {
    const refusal: ClientProblem = { code: 'CONCURRENT_JOB_LIMIT', status: 429, retryAfterSeconds: 37 };
    const { parts, asked, clock, told } = partsOf(2, ['accept', refusal, { code: 'RATE_LIMITED', status: 429 }]);
    const startMs = clock.nowMs();
    void parts.postRest();
    await settle();
    expect(parts.snapshot()).toMatchObject({ posting: 'waiting', problem: { retryAfterSeconds: 37 } });
    // Asking again meanwhile asks nothing.
    await parts.postRest();
    expect(asked).toHaveLength(2);
    clock.elapseAll();
    await settle();
    expect(clock.nowMs() - startMs).toBe(37_000);
    expect(parts.snapshot()).toMatchObject({ posting: 'waiting', problem: { retryAfterSeconds: 10 } });
    clock.elapseAll();
    await settle();
    expect(asked).toEqual([range(0), range(1), range(1), range(1)]);
    expect(parts.snapshot()).toMatchObject({ posting: 'done', problem: undefined });
    expect(told.at(-1)).toBe('done');
  });

  it('stop at any other refusal with its reason, and go on from there when asked', async () => {
    const { parts, asked } = partsOf(3, ['accept', { code: 'BRIDGE_UNAVAILABLE', status: 503 }]);
    await parts.postRest();
    expect(parts.snapshot()).toMatchObject({ posting: 'stopped', problem: { code: 'BRIDGE_UNAVAILABLE' } });
    expect(jobsOf(parts)).toEqual([idOf(10), undefined, undefined]);
    await parts.postRest();
    expect(asked).toEqual([range(0), range(1), range(1), range(2)]);
    expect(parts.snapshot()).toMatchObject({ posting: 'done', problem: undefined });
  });

  it('stop when told to, in a call or in a wait, without calling that a problem', async () => {
    for (const answer of ['hang', { code: 'RATE_LIMITED', status: 429 }] as const) {
      const { parts, asked } = partsOf(2, ['accept', answer]);
      const posting = parts.postRest();
      await settle();
      parts.stop();
      await posting;
      expect(parts.snapshot()).toMatchObject({ posting: 'stopped', problem: undefined });
      await expect(parts.postNext()).rejects.toThrow('abort');
      expect(asked).toHaveLength(2);
      await parts.postRest();
      expect(parts.snapshot().posting).toBe('done');
    }
  });
});
