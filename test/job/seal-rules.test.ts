import { describe, expect, it } from 'vitest';
import type { SealRequest } from '#protocol/bridge-message.ts';
import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { decideSeal } from '../../src/job/seal-rules.ts';

const facts = {
  domain: { nextBatch: 3, idsDone: 10, records: 20, ended: false },
  stagedCounts: new Map([[3, 5]]),
  resume: 'ids',
  idCount: 100,
} as const;
const range: SealRequest = { first_batch: 3, last_batch: 3, ids_to: 20, records: 5, containers_found: 1 };

function refusal(change: Partial<SealRequest>): ProblemError {
  try {
    decideSeal({ ...range, ...change }, facts);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a range to seal', () => {
  it('is taken where the domain goes on, with everything there', () => {
    expect(decideSeal(range, facts)).toEqual({ kind: 'seal', first: 3, last: 3 });
    const { last_batch: _last, ...empty } = range;
    expect(decideSeal({ ...empty, records: 0 }, facts)).toEqual({ kind: 'seal', first: 3, last: 2 });
  });

  it('of more chunks than can be staged is refused without counting them', () => {
    expect(refusal({ last_batch: Number.MAX_SAFE_INTEGER }).code).toBe('INVALID_PARAMS');
    expect(refusal({ last_batch: 3 + MAX_STAGED_CHUNKS }).code).toBe('INVALID_PARAMS');
  });

  it('far ahead of its domain names the next chunks that are missing, not all of them', () => {
    const far = Number.MAX_SAFE_INTEGER;
    const { code, members } = refusal({ first_batch: far, last_batch: far });
    expect(code).toBe('CHUNKS_MISSING');
    expect(members['missing']).toEqual(Array.from({ length: MAX_STAGED_CHUNKS }, (_, index) => 3 + index));
  });
});
