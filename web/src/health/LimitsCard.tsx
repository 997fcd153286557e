import { Show } from 'solid-js';
import type { AskingLimits } from '#protocol/health.ts';
import { MAX_DETECTION_DAYS } from '#protocol/limits.ts';
import { Fact } from '../components/Fact.tsx';
import { count } from '../i18n/count.ts';
import { formatDuration } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import { MAX_QUERY_ORDERS, MAX_QUERY_VALUES } from '../trace/query/seed-input.ts';

/** What can be asked for: the limits of this page, and those that the edge tells. */
export function LimitsCard(props: { readonly limits: AskingLimits | undefined }) {
  return (
    <dl class="panel grid grid-cols-2 gap-x-4 gap-y-2 p-4 sm:grid-cols-3 lg:grid-cols-4">
      <Fact label={t('status.limit.values')} value={count(MAX_QUERY_VALUES)} />
      <Fact label={t('status.limit.orders')} value={count(MAX_QUERY_ORDERS)} />
      <Fact label={t('status.limit.days')} value={count(MAX_DETECTION_DAYS)} />
      <Show when={props.limits}>
        {(limits) => (
          <>
            <Fact label={t('status.limit.traceContainers')} value={count(limits().trace_cids)} />
            <Fact label={t('status.limit.defectContainers')} value={count(limits().defect_cids)} />
            <Fact label={t('status.limit.jobs')} value={count(limits().jobs_per_owner)} />
            <Fact label={t('status.limit.duration')} value={formatDuration(limits().trace_seconds, language())} />
          </>
        )}
      </Show>
    </dl>
  );
}
