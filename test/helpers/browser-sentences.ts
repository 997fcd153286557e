import { flatten } from '@solid-primitives/i18n';
import type { Dictionary } from '../../web/src/i18n/dictionary.ts';

const PLACEHOLDER = /\{\{ \w+ \}\}/;
/** What means something in a regular expression. */
const SPECIAL = /[.*+?^${}()|[\]\\]/g;
const LETTERS = /\p{L}/u;

/** Whether a text is a sentence of this language, with anything in the places that are filled in. */
export function sentencesOf(dictionary: Dictionary): (text: string) => boolean {
  const templates: readonly unknown[] = Object.values(flatten(dictionary));
  const patterns = templates
    .filter((template) => typeof template === 'string')
    .map((template) => template.split(PLACEHOLDER))
    .filter((parts) => parts.some((part) => LETTERS.test(part)))
    .map((parts) => new RegExp(`^${parts.map((part) => part.replaceAll(SPECIAL, String.raw`\$&`)).join('.*')}$`, 's'));
  return (text) => patterns.some((pattern) => pattern.test(text));
}
