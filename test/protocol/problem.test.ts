import { describe, expect, it } from 'vitest';
import { isRetryable, PROBLEM_STATUS, ProblemError, problemCodeSchema, problemSchema } from '#protocol/problem.ts';
import type { ProblemCode } from '#protocol/problem.ts';

const codes = Object.keys(PROBLEM_STATUS) as ProblemCode[];
/** Status codes after which the same call may simply be sent again. */
const STATUS_WORTH_A_RETRY = [409, 429, 500, 503, 504, 507];

describe('the map of problem codes', () => {
  it('gives every code an error status, and the schema knows the same codes', () => {
    for (const code of codes) {
      expect(PROBLEM_STATUS[code]).toBeGreaterThanOrEqual(400);
      expect(PROBLEM_STATUS[code]).toBeLessThan(600);
      expect(problemCodeSchema.parse(code)).toBe(code);
    }
    expect(problemCodeSchema.safeParse('NO_SUCH_CODE').success).toBe(false);
    expect(problemCodeSchema._zod.def.entries).toEqual(Object.fromEntries(codes.map((code) => [code, code])));
  });

  it('calls nothing retryable that would be refused again', () => {
    for (const code of codes.filter((each) => isRetryable(each)))
      expect(STATUS_WORTH_A_RETRY).toContain(PROBLEM_STATUS[code]);
  });

  it('says 503, 504 and 429 are worth a retry', () => {
    const clearly = codes.filter((code) => [429, 503, 504].includes(PROBLEM_STATUS[code]));
    expect(clearly.filter((code) => !isRetryable(code))).toEqual([]);
  });
});

describe('ProblemError', () => {
  it('carries code, status, sentence, members and when to come back', () => {
    const cause = new Error('ORA-01555');
    const error = new ProblemError('RATE_LIMITED', 'Wait.', { members: { bucket: 'x' }, retryAfterSeconds: 7, cause });
    expect(error).toMatchObject({
      code: 'RATE_LIMITED',
      status: 429,
      retryable: true,
      detail: 'Wait.',
      members: { bucket: 'x' },
      retryAfterSeconds: 7,
    });
    expect(error.cause).toBe(cause);
    expect(error.message).not.toContain('ORA');
  });

  it('stays itself in from(), and anything else becomes INTERNAL without its text', () => {
    const known = new ProblemError('JOB_NOT_FOUND', 'There is no such job.');
    expect(ProblemError.from(known)).toBe(known);
    for (const thrown of [new Error('secret'), 'secret', undefined, null, { code: 'JOB_NOT_FOUND' }]) {
      const error = ProblemError.from(thrown);
      expect(error.code).toBe('INTERNAL');
      expect(error.cause).toBe(thrown);
      expect(`${error.message} ${error.detail}`).not.toContain('secret');
    }
  });

  it('has a body schema that lets members of single codes through', () => {
    const body = {
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'Chunks are missing.',
      instance: 'request-1',
      code: 'CHUNKS_MISSING',
      retryable: false,
      missing: [3, 4],
    };
    expect(problemSchema.parse(body)).toEqual(body);
  });
});
