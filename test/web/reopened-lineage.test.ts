import { describe, expect, it, vi } from 'vitest';
import { ClientProblemError } from '../../web/src/stream/client-problem.ts';
import { StageCancelledError } from '../../web/src/trace/run/read-stage-job.ts';
import { readLineagesAgain } from '../../web/src/trace/run/reopened-lineage.ts';
import type { FoundLineage } from '../../web/src/trace/run/small-stages.ts';

const FINDINGS = { direction: 'forward', followedMerges: false, truncated: false, drawable: true } as const;
const lineageOf = (jobId: string): FoundLineage => ({
  findings: { ...FINDINGS, jobId, nodes: 1, edges: 0, seeds: 1 },
  graph: undefined,
});

/** Reads every lineage but those that fail. */
function reader(failing: Readonly<Record<string, unknown>> = {}) {
  return vi.fn(async (jobId: string) => {
    if (jobId in failing) throw failing[jobId];
    return lineageOf(jobId);
  });
}

const GONE = [
  ['forgotten', new ClientProblemError({ code: 'JOB_NOT_FOUND' })],
  ['expired', new ClientProblemError({ code: 'JOB_RESULT_EXPIRED' })],
  ['cancelled by somebody', new StageCancelledError()],
] as const;
const OFFLINE = new ClientProblemError({ code: 'OFFLINE' });

describe('lineages that are read again', () => {
  it('are the first, and behind it what came to it, in that order', async () => {
    expect(await readLineagesAgain('first', ['b', 'a'], reader())).toEqual({
      found: lineageOf('first'),
      later: [lineageOf('b'), lineageOf('a')],
      failures: [],
    });
  });

  it.each(GONE)(
    'are none, for no reason to be told, when the first is %s; the others are not asked for',
    async (...gone) => {
      const read = reader({ first: gone[1] });
      expect(await readLineagesAgain('first', ['a'], read)).toEqual({ found: undefined, later: [], failures: [] });
      expect(read.mock.calls).toEqual([['first']]);
    },
  );

  it.each(GONE)('go without one that is %s', async (_name, thrown) => {
    const again = await readLineagesAgain('first', ['a', 'b'], reader({ a: thrown }));
    expect(again).toMatchObject({ later: [lineageOf('b')], failures: [] });
  });

  it('say why one could not be read that may still be there', async () => {
    const defect = new Error('a defect');
    const again = await readLineagesAgain('first', ['a', 'b', 'c'], reader({ a: OFFLINE, c: defect }));
    expect(again).toEqual({ found: lineageOf('first'), later: [lineageOf('b')], failures: [OFFLINE, defect] });
    expect(await readLineagesAgain('first', ['a'], reader({ first: OFFLINE }))).toEqual({
      found: undefined,
      later: [],
      failures: [OFFLINE],
    });
  });
});
