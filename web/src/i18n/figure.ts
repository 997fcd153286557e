import { formatCount } from './format.ts';
import { language } from './language.ts';

/** A count as the language of the page writes it. */
export function figure(value: number): string {
  return formatCount(value, language());
}
