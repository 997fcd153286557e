import { useInfiniteQuery } from '@tanstack/solid-query';
import Inbox from 'lucide-solid/icons/inbox';
import RefreshCw from 'lucide-solid/icons/refresh-cw';
import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js';
import type { JobCancelled, JobSummary } from '#protocol/job.ts';
import { ConfirmDialog } from '../components/ConfirmDialog.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { focusResults, returnLostFocus } from '../components/focus-return.ts';
import { Notice } from '../components/Notice.tsx';
import { ProblemNotice } from '../components/ProblemNotice.tsx';
import { Segments } from '../components/Segments.tsx';
import { createTick } from '../components/tick.ts';
import { count } from '../i18n/count.ts';
import { formatCount, formatDuration } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import { describeQuery } from '../jobs/describe-query.ts';
import { localTexts } from '../storage/page-storage.ts';
import { fetchJobs, MAX_PAGES, pollAfterMs } from '../jobs/job-list.ts';
import { JobRow } from '../jobs/JobRow.tsx';
import { rememberedViews } from '../jobs/remembered-views.ts';
import type { ClientProblem } from '../stream/client-problem.ts';
import { ClientProblemError } from '../stream/client-problem.ts';
import { mustAskBeforeCancel } from '../trace/stages/cancel-rule.ts';
import { postCancel } from '../trace/run/stage-requests.ts';
import { leftTraces, tracesLeft } from './traces-left.ts';

const TICK_MS = 1000;
const FILTERS = ['traces', 'all'] as const;

/** The caller's jobs, newest first: what they do, what they brought, and what can be done with them. */
export function JobsPage() {
  const nowMs = createTick(TICK_MS);
  const [filter, setFilter] = createSignal<(typeof FILTERS)[number]>('traces');
  const [asked, setAsked] = createSignal<JobSummary>();
  const [cancelling, setCancelling] = createSignal<ReadonlySet<string>>(new Set());
  const [cancelFailure, setCancelFailure] = createSignal<{
    readonly job: JobSummary;
    readonly problem: ClientProblem;
  }>();
  const [cancelOutcome, setCancelOutcome] = createSignal<{
    readonly job: JobSummary;
    readonly answer: JobCancelled;
  }>();
  const jobs = useInfiniteQuery(() => ({
    queryKey: ['jobs'],
    queryFn: ({ pageParam, signal }) => {
      const viewOf = rememberedViews(localTexts);
      return fetchJobs(pageParam, (jobId) => viewOf(jobId).query !== undefined, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last, pages) => (pages.length < MAX_PAGES ? last.next_cursor : undefined),
    refetchInterval: (query) => pollAfterMs(query.state.data?.pages),
    retry: false,
  }));
  const pages = () => (jobs.isPending ? [] : (jobs.data?.pages ?? []));
  const allJobs = createMemo(() => pages().flatMap((page) => page.jobs));
  createEffect(() => leftTraces.heard(allJobs()));
  // A trace that was left has become a job.
  const jobsLeft = createMemo(() =>
    tracesLeft()
      .flatMap(({ view }) => view.jobId ?? [])
      .join(),
  );
  createEffect(on(jobsLeft, () => void jobs.refetch(), { defer: true }));
  const views = createMemo(on(pages, () => rememberedViews(localTexts)));
  /** By id, so that a row stays the same one, and keeps the focus, when its job has got further. */
  const shown = createMemo(() => {
    const all = allJobs();
    const viewOf = views();
    // A question about machines is one job; those that this page asks for its lists have no query.
    const isTrace = (job: JobSummary) => job.kind === 'events' || viewOf(job.job_id).query?.mode === 'machines';
    const wanted = all.filter((job) => filter() === 'all' || isTrace(job));
    return new Map(wanted.map((job) => [job.job_id, job]));
  });
  const problem = () => (jobs.isError ? ClientProblemError.from(jobs.error).problem : undefined);
  const ageMs = (job: JobSummary) => nowMs() - Date.parse(job.created_at);
  const askedAgeSeconds = () => {
    const job = asked();
    return job === undefined ? 0 : ageMs(job) / 1000;
  };

  const tryAgain = (): void => {
    // The button goes with its notice.
    focusResults({ preventScroll: true });
    void jobs.refetch();
  };
  const nameOf = (job: JobSummary) => describeQuery(views()(job.job_id).query) ?? job.job_id.slice(0, 8);
  /** What became of a cancel; what the database says comes later. */
  const cancelTold = () => {
    const told = cancelOutcome();
    if (told === undefined) return undefined;
    const { job, answer } = told;
    const what = nameOf(job);
    if (answer.withdrawn === true) return t('jobs.withdrawn', { what });
    if (answer.state !== 'cancelled') return t('jobs.cancelLate', { what });
    const database = allJobs().find(({ job_id: id }) => id === job.job_id)?.database ?? answer.database;
    const cancelled = t('jobs.cancelled', { what });
    return database === undefined ? cancelled : `${cancelled} ${t(`database.${database}`)}`;
  };

  const cancel = async (job: JobSummary): Promise<void> => {
    setAsked(undefined);
    setCancelFailure(undefined);
    setCancelOutcome(undefined);
    setCancelling((ids) => new Set(ids).add(job.job_id));
    try {
      setCancelOutcome({ job, answer: await postCancel(job.job_id) });
      await jobs.refetch();
    } catch (thrown) {
      setCancelFailure({ job, problem: ClientProblemError.from(thrown).problem });
    } finally {
      setCancelling((ids) => new Set([...ids].filter((id) => id !== job.job_id)));
      // The button may have gone with the state that it was for.
      returnLostFocus();
    }
  };

  return (
    <main
      id="results"
      tabindex="-1"
      class="mx-auto flex w-full max-w-6xl min-h-0 flex-1 flex-col gap-3 p-4 outline-none"
    >
      <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div class="min-w-0 flex-1">
          <h1 class="text-[0.9375rem] font-semibold">{t('jobs.title')}</h1>
          <p class="text-ink-2">{t('jobs.hint')}</p>
        </div>
        <Segments
          label={t('jobs.filter')}
          value={filter()}
          options={FILTERS.map((value) => ({ value, label: t(`jobs.${value}`), face: () => t(`jobs.${value}`) }))}
          onChange={setFilter}
        />
        <button type="button" class="button" onClick={() => void jobs.refetch()}>
          <span classList={{ spin: jobs.isFetching }}>
            <RefreshCw size={14} aria-hidden="true" />
          </span>
          {t('jobs.refresh')}
        </button>
      </div>
      <Show when={problem()}>
        {(found) => <ProblemNotice problem={found()} action={{ label: t('action.tryAgain'), run: tryAgain }} />}
      </Show>
      <Show when={cancelFailure()}>
        {(failure) => (
          <ProblemNotice
            problem={failure().problem}
            lead={t('jobs.cancelFailed', { what: nameOf(failure().job) })}
            action={{ label: t('cancel.confirm'), run: () => void cancel(failure().job) }}
            onDismiss={() => setCancelFailure(undefined)}
          />
        )}
      </Show>
      <div aria-live="polite" class="empty:-mt-3">
        <Show when={cancelTold()}>
          {(told) => (
            <Notice tone="info" onDismiss={() => setCancelOutcome(undefined)}>
              {told()}
            </Notice>
          )}
        </Show>
      </div>
      <div class="panel min-h-0 overflow-auto" classList={{ 'min-h-60': shown().size === 0 }}>
        <Show
          when={shown().size > 0}
          fallback={
            <Show when={!jobs.isPending} fallback={<ListSkeleton />}>
              <Show when={problem() === undefined}>
                <EmptyState icon={Inbox} text={t(pages()[0]?.jobs.length === 0 ? 'jobs.none' : 'jobs.noTraces')} />
              </Show>
            </Show>
          }
        >
          <table class="w-full border-collapse text-left">
            <caption class="sr-only">{t('jobs.title')}</caption>
            <thead class="sticky top-0 z-10 bg-raised text-xs text-ink-2 shadow-[0_1px_0_var(--line)]">
              <tr>
                <For each={['state', 'what', 'progress'] as const}>
                  {(column) => (
                    <th scope="col" class="px-2 py-2 lg:px-3 font-medium">
                      {t(`jobs.column.${column}`)}
                    </th>
                  )}
                </For>
                <th scope="col" class="px-2 py-2 lg:px-3 text-right font-medium">
                  {t('jobs.column.size')}
                </th>
                <th scope="col" class="px-2 py-2 lg:px-3 font-medium">
                  {t('jobs.column.age')}
                </th>
                <th scope="col" class="px-2 py-2 lg:px-3">
                  <span class="sr-only">{t('jobs.column.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              <For each={Array.from(shown().keys())}>
                {(jobId) => (
                  <Show when={shown().get(jobId)}>
                    {(job) => (
                      <JobRow
                        job={job()}
                        view={views()(jobId)}
                        nowMs={nowMs()}
                        isCancelling={cancelling().has(jobId)}
                        onCancel={() => {
                          if (mustAskBeforeCancel(ageMs(job()), job().progress.records)) setAsked(job());
                          else void cancel(job());
                        }}
                      />
                    )}
                  </Show>
                )}
              </For>
            </tbody>
          </table>
        </Show>
      </div>
      <Show when={jobs.hasNextPage}>
        <button
          type="button"
          class="button self-center"
          disabled={jobs.isFetchingNextPage}
          onClick={() => void jobs.fetchNextPage()}
        >
          {t('jobs.more')}
        </button>
      </Show>
      <Show when={pages().length >= MAX_PAGES && pages().at(-1)?.next_cursor}>
        <p class="self-center text-ink-2">{t('jobs.most', { count: count(allJobs().length) })}</p>
      </Show>
      <ConfirmDialog
        open={asked() !== undefined}
        title={t('cancel.title')}
        body={t('jobs.cancelBody', {
          elapsed: formatDuration(askedAgeSeconds(), language()),
          records: formatCount(asked()?.progress.records ?? 0, language()),
        })}
        confirm={t('cancel.confirm')}
        keep={t('cancel.keep')}
        onClose={() => setAsked(undefined)}
        onConfirm={() => {
          const job = asked();
          if (job !== undefined) void cancel(job);
        }}
      />
    </main>
  );
}

function ListSkeleton() {
  return (
    <div role="img" aria-label={t('events.loading')} class="grid gap-4 p-4">
      <For each={[1, 2, 3, 4]}>{() => <div class="skeleton h-8" />}</For>
    </div>
  );
}
