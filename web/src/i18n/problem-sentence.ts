import type { ProblemCode } from '#protocol/problem.ts';
import { PROBLEM_STATUS } from '#protocol/problem.ts';
import { CLIENT_CODES } from '../stream/client-problem.ts';
import type { ClientCode } from '../stream/client-problem.ts';

/** The key of the sentence that says what to do about a problem: one for each code, checked by the compiler. */
export function problemKey(code: ProblemCode | ClientCode): `problem.${ProblemCode | ClientCode}` {
  return `problem.${code}`;
}

/** The key for a code that came inside a stream, where codes are open. */
export function streamProblemKey(code: string): `problem.${ProblemCode | ClientCode}` {
  const known = Object.keys(PROBLEM_STATUS).find((name): name is ProblemCode => name === code);
  return problemKey(known ?? CLIENT_CODES.find((name) => name === code) ?? 'INTERNAL');
}

/** Codes whose sentence says to load the page anew. */
const RELOAD_CODES: ReadonlySet<ProblemCode | ClientCode> = new Set<ProblemCode | ClientCode>([
  'UNAUTHENTICATED',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'UNSUPPORTED_MEDIA_TYPE',
  'UNREADABLE_ANSWER',
  'PAGE_FAILED',
]);

/** Whether that is what helps, rather than to ask once more. */
export function reloadHelps(code: ProblemCode | ClientCode): boolean {
  return RELOAD_CODES.has(code);
}
