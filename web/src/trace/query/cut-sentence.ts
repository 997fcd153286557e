import type { SeedWarning } from '#protocol/trace.ts';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';

/** What was left out of the lots that were found, in the present language; reactive. */
export function cutSentence(warning: SeedWarning): string {
  const given = formatCount(warning.given, language());
  if (warning.code === 'PATTERN_CUT') return t('cut.PATTERN_CUT', { value: warning.value, given });
  return t('cut.LOTS_CUT', { matched: formatCount(warning.matched, language()), given });
}
