import { describe, expect, it } from 'vitest';
import { untilAborted } from '../../web/src/stream/until-aborted.ts';

describe('work that may never end', () => {
  const never = new Promise<never>(() => undefined);

  it('ends with its signal, before and after it has begun', async () => {
    const stop = new AbortController();
    const waiting = untilAborted(never, stop.signal);
    stop.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await expect(untilAborted(never, stop.signal)).rejects.toThrow('left');
  });

  it('gives its own outcome while nobody stops it', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(3), signal)).toBe(3);
    await expect(untilAborted(Promise.reject(new Error('refused')), signal)).rejects.toThrow('refused');
  });
});
