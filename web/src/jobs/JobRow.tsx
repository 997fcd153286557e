import { createUniqueId, Match, Show, Switch } from 'solid-js';
import type { JobState, JobSummary } from '#protocol/job.ts';
import { ProgressBar } from '../components/ProgressBar.tsx';
import { formatAgo, formatBytes, formatCount, formatDuration, formatPercent } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import { streamProblemKey } from '../i18n/problem-sentence.ts';
import { isIncomplete, qualityText } from '../i18n/quality-text.ts';
import { placeOfJob } from '../trace/part-list.ts';
import type { ResultState } from '../trace/address/url-state.ts';
import { describeChoices, describeJob, describeQuery } from './describe-query.ts';
import { JobActions } from './JobActions.tsx';
import { secondsLeft } from './job-list.ts';
import type { ListedJob } from './job-list.ts';

const CREATED_FORMAT = { dateStyle: 'short', timeStyle: 'medium' } as const;

const STATE_LOOKS: Readonly<Record<JobState, string>> = {
  queued: 'bg-hover text-ink-2',
  running: 'bg-accent-soft text-accent',
  succeeded: 'bg-ok-soft text-ok',
  partial: 'bg-warn-soft text-warn',
  failed: 'bg-bad-soft text-bad',
  cancelled: 'bg-hover text-ink-2',
  expired: 'bg-hover text-ink-2',
};

const FILLS: Partial<Readonly<Record<JobState, string>>> = {
  running: 'bg-accent',
  succeeded: 'bg-ok',
  failed: 'bg-bad',
};

interface JobRowProps {
  readonly job: ListedJob;
  readonly view: ResultState;
  readonly nowMs: number;
  readonly isCancelling: boolean;
  readonly onCancel: () => void;
}

/** One job: what it does, what it brought, and what can be done with it. */
export function JobRow(props: JobRowProps) {
  const reasonId = createUniqueId();
  const choices = () =>
    props.view.query === undefined
      ? describeJob(props.job, props.job.recordSets ?? [])
      : describeChoices(props.view.query);
  const createdAt = () => new Date(props.job.created_at).toLocaleString(language(), CREATED_FORMAT);
  // A clock that is behind the edge's must not see a job of the future.
  const ageSeconds = () => Math.max(0, props.nowMs - Date.parse(props.job.created_at)) / 1000;
  return (
    <tr class="border-b border-line align-top last:border-b-0 hover:bg-raised">
      <td class="px-2 py-2.5 lg:px-3">
        <span
          class={`inline-block rounded-full px-2 text-xs leading-5 font-medium whitespace-nowrap ${STATE_LOOKS[props.job.state]}`}
        >
          {t(`jobs.state.${props.job.state}`)}
        </span>
      </td>
      <td class="min-w-40 px-2 py-2.5 lg:px-3">
        <div class="font-medium wrap-anywhere">
          {describeQuery(props.view.query) ?? t(`jobs.kind.${props.job.kind}`)}
        </div>
        <div class="text-xs text-ink-2">
          <Show when={placeOfJob(props.view.parts, props.job.job_id)}>
            {(place) => <>{t('jobs.part', place())} · </>}
          </Show>
          {choices().join(' · ')} · {props.job.site} ·{' '}
          <span class="font-mono" title={props.job.job_id}>
            {props.job.job_id.slice(0, 8)}
          </span>
        </div>
        <Show when={props.view.query === undefined}>
          <p id={reasonId} class="text-xs text-ink-2">
            {t('jobs.unknownQuery')}
          </p>
        </Show>
        <Trouble job={props.job} isCut={props.view.cuts !== undefined} />
      </td>
      <td class="w-36 min-w-24 px-2 py-2.5 lg:px-3">
        <Progress job={props.job} isCut={props.view.cuts !== undefined} />
      </td>
      <td class="figure px-2 py-2.5 lg:px-3 text-right whitespace-nowrap">
        <div>{formatCount(props.job.progress.records, language())}</div>
        <div class="text-xs text-ink-2">{formatBytes(props.job.progress.bytes, language())}</div>
      </td>
      <td class="px-2 py-2.5 lg:px-3 whitespace-nowrap">
        {formatAgo(-ageSeconds(), language())}
        <time datetime={props.job.created_at} class="block text-xs text-ink-2">
          {createdAt()}
        </time>
        <div class="text-xs text-ink-2">
          <Expiry job={props.job} nowMs={props.nowMs} />
        </div>
      </td>
      <td class="px-2 py-2 lg:px-3">
        <JobActions
          job={props.job}
          view={props.view}
          unknownQueryId={reasonId}
          isCancelling={props.isCancelling}
          onCancel={() => props.onCancel()}
        />
      </td>
    </tr>
  );
}

/** Why a result is not whole, as far as the list says it. */
function Trouble(props: { readonly job: JobSummary; readonly isCut: boolean }) {
  const incomplete = () => (isIncomplete(props.job.quality) ? props.job.quality : undefined);
  return (
    <Switch>
      <Match when={props.job.error}>
        {(error) => <p class="mt-0.5 text-xs text-bad">{t(streamProblemKey(error().code))}</p>}
      </Match>
      <Match when={incomplete()}>{(quality) => <p class="mt-0.5 text-xs text-warn">{qualityText(quality())}</p>}</Match>
      <Match when={props.job.state === 'cancelled' && props.job.database}>
        {(database) => <p class="mt-0.5 text-xs text-ink-2">{t(`database.${database()}`)}</p>}
      </Match>
      <Match when={props.isCut}>
        <p class="mt-0.5 text-xs text-warn">{t('jobs.cut')}</p>
      </Match>
      <Match when={props.job.queue}>
        {(queue) => (
          <p class="mt-0.5 text-xs text-ink-2">
            {t('progress.queued', { ahead: formatCount(queue().ahead, language()) })}
          </p>
        )}
      </Match>
    </Switch>
  );
}

function Progress(props: { readonly job: JobSummary; readonly isCut: boolean }) {
  const fill = () => {
    const { state, quality } = props.job;
    // Green is kept for a result of which nothing is missing.
    if (state === 'partial' || (state === 'succeeded' && (props.isCut || isIncomplete(quality)))) return 'bg-warn';
    return FILLS[state] ?? 'bg-ink-3';
  };
  const isRunning = () => props.job.state === 'running';
  const percent = () =>
    props.job.state === 'succeeded' || props.job.state === 'partial' ? 100 : props.job.progress.percent;
  return (
    <>
      <div class="figure flex justify-between gap-2 text-xs">
        <span>{percent() === null ? t('progress.unknown') : formatPercent(percent() ?? 0, language())}</span>
        <Show when={isRunning() && props.job.progress.eta_seconds !== null}>
          <span class="text-ink-2">
            <span class="sr-only">{t('progress.eta')} </span>
            {formatDuration(props.job.progress.eta_seconds ?? 0, language())}
          </span>
        </Show>
      </div>
      <ProgressBar
        label={t('progress.percent')}
        percent={percent() ?? undefined}
        fill={fill()}
        class="mt-1 h-1 bg-hover"
      />
    </>
  );
}

function Expiry(props: { readonly job: JobSummary; readonly nowMs: number }) {
  const left = () => secondsLeft(props.job, props.nowMs);
  return (
    <Switch>
      <Match when={props.job.state === 'expired' || left() === 0}>{t('jobs.gone')}</Match>
      <Match when={left() !== undefined}>{t('jobs.expires', { when: formatAgo(left() ?? 0, language()) })}</Match>
    </Switch>
  );
}
