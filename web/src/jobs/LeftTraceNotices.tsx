import { useNavigate } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { Notice } from '../components/Notice.tsx';
import { t } from '../i18n/language.ts';
import { problemKey } from '../i18n/problem-sentence.ts';
import { sessionTexts } from '../storage/page-storage.ts';
import { NO_DRAFT } from '../trace/query/form-draft.ts';
import { writeUrlState } from '../trace/url-state.ts';
import { describeQuery } from './describe-query.ts';
import type { LeftTrace } from './left-traces.ts';

interface LeftTraceNoticesProps {
  readonly traces: readonly LeftTrace[];
  /** The list of jobs is open: it needs no way there. */
  readonly isJobsPage: boolean;
  readonly onDismiss: (id: number) => void;
}

/** Says of each trace that was left that it goes on, and where it is. */
export function LeftTraceNotices(props: LeftTraceNoticesProps) {
  const ids = () => props.traces.map(({ id }) => id);
  return (
    <div role="status" aria-live="polite" class="grid shrink-0 gap-2 px-3 not-empty:pt-3">
      <For each={ids()}>
        {(id) => (
          <Show when={props.traces.find((trace) => trace.id === id)}>
            {(trace) => (
              <Notice
                tone={trace().state.type === 'failed' || trace().state.type === 'stopped' ? 'warn' : 'info'}
                actions={<Ways trace={trace()} isJobsPage={props.isJobsPage} />}
                onDismiss={() => props.onDismiss(id)}
              >
                {sentence(trace())}
              </Notice>
            )}
          </Show>
        )}
      </For>
    </div>
  );
}

function Ways(props: { readonly trace: LeftTrace; readonly isJobsPage: boolean }) {
  const navigate = useNavigate();
  return (
    <div class="-my-1 flex gap-2">
      <Show when={props.trace.view.jobId !== undefined}>
        <button
          type="button"
          class="button"
          onClick={() => navigate(`/${writeUrlState({ ...props.trace.view, form: NO_DRAFT }, sessionTexts)}`)}
        >
          {t('jobs.open')}
        </button>
      </Show>
      <Show when={!props.isJobsPage}>
        <a href="/jobs" class="button">
          {t('left.toJobs')}
        </a>
      </Show>
    </div>
  );
}

function sentence({ view, state }: LeftTrace): string {
  const what = describeQuery(view.query) ?? view.jobId?.slice(0, 8) ?? '';
  if (state.type === 'over') return t('left.over', { what, state: t(`jobs.state.${state.state}`) });
  if (state.type === 'failed') return `${t('left.failed', { what })} ${t(problemKey(state.problem.code))}`;
  return t(`left.${state.type}`, { what });
}
