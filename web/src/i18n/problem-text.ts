import type { ClientProblem } from '../stream/client-problem.ts';
import type { SentenceValues } from './dictionary.ts';
import { formatCount } from './format.ts';
import { language, t } from './language.ts';
import { problemKey } from './problem-sentence.ts';

/** The sentence that says what to do about a problem, with its figures, in the present language; reactive. */
export function problemText({ code, values = {} }: Pick<ClientProblem, 'code' | 'values'>): string {
  const written: SentenceValues = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? formatCount(value, language()) : value,
    ]),
  );
  return t(problemKey(code), written);
}
