import { describe, expect, it } from 'vitest';
import type { GrowthOutcome, GrowthQuestion } from '../../web/src/trace/run/lineage-growth.ts';
import { createGrowthState } from '../../web/src/trace/lineage/growth-state.ts';

const ASKED: GrowthQuestion = { containerId: 'a', towards: 'backward' };

describe('questions for more of the lineage', () => {
  /** The answer to the one question that is open, and how far it is. */
  function open() {
    const asked: GrowthQuestion[] = [];
    const { promise, resolve: answer } = Promise.withResolvers<GrowthOutcome>();
    let tell: (percent: number) => void = () => undefined;
    const growth = createGrowthState({
      ask(question, told) {
        asked.push(question);
        tell = told;
        return promise;
      },
      cancel: () => answer({ type: 'cancelled' }),
      grown: () => Promise.resolve(),
    });
    growth.ask(ASKED);
    return { growth, asked, answer, tell: (percent: number) => tell(percent) };
  }

  it('are asked one at a time, and whoever wants another meanwhile is told so', () => {
    const { growth, asked, tell } = open();
    growth.ask(ASKED);
    expect(growth.state()).toMatchObject({ ...ASKED, type: 'asking', isOtherWanted: false });
    growth.ask({ ...ASKED, towards: 'forward' });
    tell(40);
    expect(growth.state()).toMatchObject({ ...ASKED, type: 'asking', percent: 40, isOtherWanted: true });
    expect(asked).toEqual([ASKED]);
  });

  it('that found something are not asked again, those that were stopped are', async () => {
    const { growth, asked, answer } = open();
    answer({ type: 'grown', jobId: 'j', graph: { nodes: [], edges: [] }, added: 2, truncated: false });
    await expect.poll(() => growth.state()?.type).toBe('grown');
    growth.ask(ASKED);
    expect(asked).toHaveLength(1);
    expect([growth.isAnswered('a', 'backward'), growth.walked()]).toEqual([true, [ASKED]]);
    const stopped = open();
    stopped.growth.cancel();
    await expect.poll(() => stopped.growth.state()?.type).toBe('cancelled');
    stopped.growth.ask(ASKED);
    expect(stopped.asked).toHaveLength(2);
  });
});
