import { formatCount } from './format.ts';
import { language } from './language.ts';

/** A whole number in the present language; reactive. */
export function count(value: number): string {
  return formatCount(value, language());
}
