import { formatCount } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import type { TraceQuery } from '../trace/trace-query.ts';

const SHOWN_VALUES = 3;

/** What was asked, in a few words; `undefined` where this browser does not know. */
export function describeQuery(query: TraceQuery | undefined): string | undefined {
  if (query === undefined) return undefined;
  if (query.mode === 'date_range') return `${query.startDate} – ${query.endDate} · ${query.groups.join(', ')}`;
  const named = query.mode === 'machines' ? query.machines : query.values;
  const more = named.length - SHOWN_VALUES;
  const values = named.slice(0, SHOWN_VALUES).join(', ');
  return more > 0 ? t('jobs.moreValues', { values, count: formatCount(more, language()) }) : values;
}
