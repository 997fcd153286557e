import { defaultEventDomains } from '#protocol/domain.ts';
import type { Domain } from '#protocol/domain.ts';
import type { JobSummary } from '#protocol/job.ts';
import { formatCount } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import { listText } from '../i18n/list-text.ts';
import { directionsOf } from '../trace/trace-query.ts';
import type { TraceQuery } from '../trace/trace-query.ts';

const SHOWN_VALUES = 3;

/** What was asked, in a few words; `undefined` where this browser does not know. */
export function describeQuery(query: TraceQuery | undefined): string | undefined {
  if (query === undefined) return undefined;
  if (query.mode === 'date_range') return `${query.startDate} – ${query.endDate} · ${listText(query.groups)}`;
  const named = query.mode === 'machines' ? query.machines : query.values;
  const more = named.length - SHOWN_VALUES;
  const values = listText(named.slice(0, SHOWN_VALUES));
  return more > 0 ? t('jobs.moreValues', { values, count: formatCount(more, language()) }) : values;
}

/** How it was asked: what makes two queries of the same values different ones. */
export function describeChoices(query: TraceQuery): string[] {
  if (query.mode === 'machines')
    return [
      t('query.tab.machines'),
      t(`query.machineRecords.${query.records}`),
      `${query.startDate} – ${query.endDate}`,
    ];
  const { profile, direction, domains } = query;
  const isUsual = domains.join() === defaultEventDomains(profile, direction).join();
  return [
    t(`query.${profile}`),
    ...(query.mode === 'container' ? [t(`query.${query.inputType}`)] : []),
    ...(directionsOf(profile).length > 1 ? [t(`query.${direction}`)] : []),
    ...(query.followMerges ? [t('query.followMerges')] : []),
    ...(isUsual ? [] : [namesOf(domains)]),
  ];
}

/** What the edge knows of a job whose query this browser does not know. */
export function describeJob(
  job: Pick<JobSummary, 'kind' | 'profile' | 'cid_count'>,
  domains: readonly Domain[],
): string[] {
  return [
    // A question about machines has a profile as well; it says nothing of it.
    ...(job.kind === 'query_tool' ? [] : [t(`query.${job.profile}`)]),
    ...(job.cid_count > 0 ? [t('jobs.containers', { count: formatCount(job.cid_count, language()) })] : []),
    ...(domains.length > 0 ? [namesOf(domains)] : []),
  ];
}

function namesOf(domains: readonly Domain[]): string {
  return listText(domains.map((domain) => t(`domain.${domain}`)));
}
