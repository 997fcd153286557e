import { describe, expect, it } from 'vitest';
import { parseRetryAfterSeconds, readProblem } from '../../web/src/stream/client-problem.ts';

const HTML = '<html><body><h1>Bad gateway</h1></body></html>';

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
}

const DOCUMENT = {
  type: 'urn:lotstream:problem:rate-limited',
  title: 'Rate limited',
  status: 429,
  detail: 'At most 10 calls in 60 s.',
  instance: 'req-1',
  code: 'RATE_LIMITED',
  retryable: true,
};

describe('a refusal', () => {
  it('is what its problem document says', async () => {
    expect(await readProblem(answer(429, DOCUMENT, { 'retry-after': '37' }))).toEqual({
      code: 'RATE_LIMITED',
      status: 429,
      detail: 'At most 10 calls in 60 s.',
      requestId: 'req-1',
      retryAfterSeconds: 37,
    });
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [405, 'METHOD_NOT_ALLOWED'],
    [410, 'JOB_RESULT_EXPIRED'],
    [413, 'BODY_TOO_LARGE'],
    [415, 'UNSUPPORTED_MEDIA_TYPE'],
    [429, 'RATE_LIMITED'],
    [502, 'SERVER_UNAVAILABLE'],
    [503, 'SERVER_UNAVAILABLE'],
    [504, 'SERVER_TIMEOUT'],
    [418, 'UNREADABLE_ANSWER'],
    [500, 'UNREADABLE_ANSWER'],
  ])('of something on the way is known by its status %d: %s', async (status, code) => {
    for (const body of [HTML, '', 'null', '[]', { message: 'no' }, { code: 'SOMETHING_NEW', detail: 'no' }])
      expect(await readProblem(answer(status, body, { 'retry-after': '5' }))).toEqual({
        code,
        status,
        retryAfterSeconds: 5,
      });
  });

  it('keeps what there is of a document that lacks a member', async () => {
    for (const member of ['type', 'title', 'status', 'detail', 'instance', 'retryable'] as const) {
      const { [member]: _, ...rest } = DOCUMENT;
      const { detail, requestId, ...problem } = await readProblem(answer(429, rest));
      expect(problem).toEqual({ code: 'RATE_LIMITED', status: 429 });
      expect([detail, requestId]).toEqual([
        member === 'detail' ? undefined : DOCUMENT.detail,
        member === 'instance' ? undefined : DOCUMENT.instance,
      ]);
    }
    expect(await readProblem(answer(503, { ...DOCUMENT, code: 'BRIDGE_UNAVAILABLE', detail: 7 }))).toEqual({
      code: 'BRIDGE_UNAVAILABLE',
      status: 503,
      requestId: 'req-1',
    });
  });

  it('of a query that is too large has the parts it can be read in, if they are well formed', async () => {
    const plan = [
      { ids_range: { from: 0, to: 5 }, ids: 5 },
      { ids_range: { from: 5, to: 9 }, ids: 4 },
    ];
    const body = { ...DOCUMENT, status: 413, code: 'CID_LIMIT_EXCEEDED', ids: 9, limit: 5 };
    expect((await readProblem(answer(413, { ...body, split_plan: plan }))).splitPlan).toEqual(plan);
    for (const wrong of [undefined, 'x', [{ ids: 5 }], [{ ids_range: { from: 5, to: 5 }, ids: 0 }]])
      expect(await readProblem(answer(413, { ...body, split_plan: wrong }))).not.toHaveProperty('splitPlan');
  });

  it('has a wait only where the header is a number of seconds', () => {
    expect(['0', ' 12 ', '-1', '1.5', 'Wed, 21 Oct 2026 07:28:00 GMT', '', null].map(parseRetryAfterSeconds)).toEqual([
      0,
      12,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
