import { describe, expect, it } from 'vitest';
import { emptyReason } from '../../web/src/trace/empty-reason.ts';
import type { SeedFindings, StageState, TraceSnapshot } from '../../web/src/trace/trace-snapshot.ts';

function ended(events: StageState, more: Partial<TraceSnapshot> = {}): TraceSnapshot {
  const stages = { seed_resolve: 'done', lineage: 'done', events } as const;
  return { stages, endedAtMs: 1, seeds: undefined, problem: undefined, ...more } as TraceSnapshot;
}

describe('an empty result', () => {
  it.each([
    ['start', undefined],
    ['start', ended('waiting', { endedAtMs: undefined })],
    ['nothing_found', ended('skipped', { seeds: { count: 0 } as SeedFindings })],
    ['failed', ended('skipped', { problem: { stage: 'lineage', problem: { code: 'OFFLINE' } } })],
    ['failed', ended('failed')],
    ['cancelled', ended('cancelled')],
  ] as const)('says its reason: %s', (reason, snapshot) => {
    expect(emptyReason(snapshot)).toBe(reason);
  });
});
