import { formatList } from './format.ts';
import { language } from './language.ts';

/** Names one after the other, as the present language parts them; reactive. */
export function listText(names: readonly string[]): string {
  return formatList(names, language());
}
