import * as z from 'zod/mini';
import type { ProblemCode } from '#protocol/problem.ts';
import { ProblemError } from '#protocol/problem.ts';

type Issue = z.core.$ZodIssue;

/**
 * A value as its schema says.
 * @throws ProblemError with one plain sentence about the first thing that is wrong, naming the member.
 */
export function parseWith<Schema extends z.core.$ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (!issue) throw new ProblemError('INVALID_PARAMS', 'The request is not valid.', { cause: result.error });
  throw new ProblemError(codeOf(issue), sentenceOf(issue), { cause: result.error });
}

/** Members with a code of their own; a list of domains that is no list at all is a plain mistake. */
function codeOf(issue: Issue): ProblemCode {
  const [first, second] = issue.path;
  if (first === 'profile') return 'INVALID_PROFILE';
  if (first === 'domains' && second !== undefined) return 'UNKNOWN_DOMAIN';
  if (first === 'domain' || (first === 'container_ids_from' && second === 'domain')) return 'UNKNOWN_DOMAIN';
  return 'INVALID_PARAMS';
}

function sentenceOf(issue: Issue): string {
  const member = nameOf(issue.path);
  switch (issue.code) {
    case 'invalid_type':
      return `${member} must be ${article(issue.expected)}.`;
    case 'unrecognized_keys':
      return `${member} has members that are not known: ${issue.keys.slice(0, 5).join(', ')}.`;
    case 'invalid_value':
      return `${member} must be one of: ${issue.values.map(String).join(', ')}.`;
    case 'invalid_union':
      return `${member} ${isChoice(issue) ? `must be one of: ${issue.options.map(String).join(', ')}` : 'is not valid'}.`;
    case 'too_small':
      return `${member} must ${measureOf(issue.origin)} at least ${issue.minimum}${unitOf(issue.origin)}.`;
    case 'too_big':
      return `${member} must ${measureOf(issue.origin)} at most ${issue.maximum}${unitOf(issue.origin)}.`;
    case 'invalid_format':
    case 'custom':
      return `${member} ${/^(must|from) /.test(issue.message) ? issue.message : 'is not valid'}.`;
    default:
      return `${member} is not valid.`;
  }
}

/** The member that tells apart the forms of a body has none of its values. */
function isChoice(issue: object): issue is { readonly options: readonly unknown[] } {
  return 'options' in issue && Array.isArray(issue.options);
}

/** `params.values[3]`; the request as a whole has no name. */
function nameOf(path: readonly PropertyKey[]): string {
  let name = '';
  for (const part of path) name += typeof part === 'number' ? `[${part}]` : `${name === '' ? '' : '.'}${String(part)}`;
  return name === '' ? 'The request' : name;
}

function article(expected: string): string {
  if (expected === 'int') return 'a whole number';
  return `${/^[aeio]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

function measureOf(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'have' : 'be';
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' elements' : '';
}
