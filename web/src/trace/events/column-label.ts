import { labelColumn } from '#protocol/column-labels.ts';
import { language } from '../../i18n/language.ts';

/** What a column is called in the present language; reactive. */
export function labelOf(column: string): string {
  return labelColumn(column, language());
}
