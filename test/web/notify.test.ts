import { describe, expect, it } from 'vitest';
import type { JobState, Quality } from '#protocol/job.ts';
import type { StreamOutcome } from '../../web/src/stream/stream-outcome.ts';
import { endLook, isStageCut } from '../../web/src/trace/stages/end-look.ts';
import { endOfLongJob, endOfLongTrace } from '../../web/src/trace/stages/notify-rule.ts';
import type { StreamSnapshot, TraceSnapshot } from '../../web/src/trace/trace-snapshot.ts';

const START_MS = 1_000_000;

function snapshotOf(more: Partial<TraceSnapshot>, outcome?: StreamOutcome): TraceSnapshot {
  return {
    run: 1,
    stages: { seed_resolve: 'done', lineage: 'done', events: 'active' },
    startedAtMs: START_MS,
    endedAtMs: undefined,
    ranMs: undefined,
    seeds: undefined,
    lineage: undefined,
    stageJob: undefined,
    askedNodes: 0,
    grownJobIds: [],
    again: undefined,
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
    expect(endOfLongTrace(before, snapshotOf({ ...ENDED, ranMs: 60_000 }, completeAs('complete')))).toBeUndefined();
    for (const cancel of ['asked', 'withdrawn'] as const)
      expect(endOfLongTrace(before, snapshotOf({ ...ENDED, cancel }, completeAs('complete')))).toBeUndefined();
  });
});

describe('the end of a long job that nobody read', () => {
  const jobOf = (state: JobState, seconds: number, status?: Quality['status']) => ({
    state,
    created_at: '2026-03-18T02:00:00Z',
    ended_at: new Date(Date.parse('2026-03-18T02:00:00Z') + seconds * 1000).toISOString(),
    ...(status === undefined ? {} : { quality: { status, failed_domains: [], truncated_domains: [] } }),
  });

  it.each([
    ['succeeded', 'complete', 'complete'],
    ['succeeded', 'truncated', 'incomplete'],
    ['partial', 'partial', 'incomplete'],
    ['succeeded', 'failed', 'failed'],
    ['failed', undefined, 'failed'],
    ['cancelled', undefined, undefined],
    ['expired', undefined, undefined],
    ['running', undefined, undefined],
  ] as const)('of the state %s and the quality %s is told as %s', (state, status, end) => {
    expect(endOfLongJob(jobOf(state, 10, status))).toBe(end);
  });

  it('is none of a job that took less than ten seconds, or does not say how long it took', () => {
    expect(endOfLongJob(jobOf('succeeded', 9.999, 'complete'))).toBeUndefined();
    expect(endOfLongJob({ state: 'succeeded', created_at: '2026-03-18T02:00:00Z' })).toBeUndefined();
  });
});

describe('the colour of the end', () => {
  const done = { stages: { seed_resolve: 'done', lineage: 'done', events: 'done' } } as const;

  it.each([
    ['complete', completeAs('complete'), []],
    ['incomplete', completeAs('complete'), ['lots']],
    ['incomplete', completeAs('partial'), []],
    ['incomplete', completeAs('truncated'), []],
    ['failed', completeAs('failed'), []],
    ['open', undefined, []],
  ] as const)('is that of %s', (look, outcome, cuts) => {
    expect(endLook(snapshotOf({ ...done, cuts }, outcome))).toBe(look);
  });

  it('is that of the stage where it failed or was cancelled', () => {
    const events = (state: 'failed' | 'cancelled') => ({ stages: { ...done.stages, events: state } });
    expect(endLook(snapshotOf(events('failed')))).toBe('failed');
    expect(endLook(snapshotOf(events('cancelled')))).toBe('cancelled');
    expect(endLook(snapshotOf({ problem: { stage: 'lineage', problem: { code: 'OFFLINE' } } }))).toBe('failed');
  });

  it('marks the stage at which something was left out', () => {
    const cutStages = (snapshot: TraceSnapshot) =>
      (['seed_resolve', 'lineage', 'events'] as const).filter((stage) => isStageCut(stage, snapshot));
    expect(cutStages(snapshotOf({ ...done, cuts: ['lots'] }, completeAs('complete')))).toEqual(['seed_resolve']);
    expect(cutStages(snapshotOf({ ...done, cuts: ['lineage'] }, completeAs('truncated')))).toEqual([
      'lineage',
      'events',
    ]);
    expect(cutStages(snapshotOf(done, completeAs('complete')))).toEqual([]);
  });
});
