import { describe, expect, it } from 'vitest';
import type { Quality } from '#protocol/job.ts';
import type { StreamOutcome } from '../../web/src/stream/stream-outcome.ts';
import { endOfLongTrace } from '../../web/src/trace/stages/notify-rule.ts';
import type { StreamSnapshot, TraceSnapshot } from '../../web/src/trace/trace-snapshot.ts';

const START_MS = 1_000_000;

function snapshotOf(more: Partial<TraceSnapshot>, outcome?: StreamOutcome): TraceSnapshot {
  return {
    run: 1,
    stages: { seed_resolve: 'done', lineage: 'done', events: 'active' },
    startedAtMs: START_MS,
    endedAtMs: undefined,
    seeds: undefined,
    lineage: undefined,
    cuts: [],
    parts: undefined,
    stream: outcome === undefined ? undefined : ({ outcome } as StreamSnapshot),
    cancel: 'none',
    problem: undefined,
    ...more,
  };
}

function completeAs(status: Quality['status']): StreamOutcome {
  return { type: 'complete', elapsedSeconds: 10, quality: { status, failed_domains: [], truncated_domains: [] } };
}

const before = snapshotOf({});
const ENDED = { endedAtMs: START_MS + 10_000 };

describe('the end of a long trace', () => {
  it.each([
    ['complete', {}, completeAs('complete')],
    ['incomplete', {}, completeAs('partial')],
    ['incomplete', {}, completeAs('truncated')],
    ['failed', {}, completeAs('failed')],
    ['failed', {}, { type: 'error', code: 'QUERY_TIMEOUT', detail: '', retryable: true }],
    ['failed', { problem: { stage: 'lineage', problem: { code: 'OFFLINE' } } }, undefined],
    ['incomplete', { cuts: ['lots'] }, completeAs('complete')],
    ['incomplete', {}, { type: 'cancelled', database: 'confirmed' }],
    ['complete', {}, undefined],
  ] as const)('is told as %s', (end, more, outcome) => {
    expect(endOfLongTrace(before, snapshotOf({ ...ENDED, ...more }, outcome))).toBe(end);
  });

  it('is told once, for a trace of ten seconds or more, and not when the person cancelled it', () => {
    const ended = snapshotOf(ENDED, completeAs('complete'));
    expect(endOfLongTrace(ended, ended)).toBeUndefined();
    expect(endOfLongTrace(undefined, ended)).toBeUndefined();
    expect(endOfLongTrace(snapshotOf({ run: 2 }), ended)).toBeUndefined();
    expect(endOfLongTrace(before, snapshotOf({ endedAtMs: START_MS + 9999 }, completeAs('complete')))).toBeUndefined();
    expect(endOfLongTrace(before, snapshotOf({}, completeAs('complete')))).toBeUndefined();
    for (const cancel of ['asked', 'withdrawn'] as const)
      expect(endOfLongTrace(before, snapshotOf({ ...ENDED, cancel }, completeAs('complete')))).toBeUndefined();
  });
});
