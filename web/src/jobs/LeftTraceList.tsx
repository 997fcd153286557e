import { useNavigate } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { focusResults } from '../components/focus-return.ts';
import { Notice } from '../components/Notice.tsx';
import { t } from '../i18n/language.ts';
import { sessionTexts } from '../storage/page-storage.ts';
import { NO_DRAFT } from '../trace/query/form-draft.ts';
import { unanswered, writeUrlState } from '../trace/address/url-state.ts';
import { isLeftWell, leftSentence } from './left-sentence.ts';
import type { LeftTrace } from './left-traces.ts';

interface LeftTraceListProps {
  readonly traces: readonly LeftTrace[];
  /** The list of jobs is open: it needs no way there. */
  readonly isJobsPage: boolean;
  readonly onDismiss: (id: number) => void;
}

/** Says of each trace that was left that it goes on, and where it is. */
export function LeftTraceList(props: LeftTraceListProps) {
  const ids = () => props.traces.map(({ id }) => id);
  return (
    <For each={ids()}>
      {(id) => (
        <Show when={props.traces.find((trace) => trace.id === id)}>
          {(trace) => (
            <Notice
              tone={isLeftWell(trace()) ? 'info' : 'warn'}
              actions={<Ways trace={trace()} isJobsPage={props.isJobsPage} onDismiss={() => props.onDismiss(id)} />}
              onDismiss={() => props.onDismiss(id)}
            >
              {leftSentence(trace())}
            </Notice>
          )}
        </Show>
      )}
    </For>
  );
}

function Ways(props: { readonly trace: LeftTrace; readonly isJobsPage: boolean; readonly onDismiss: () => void }) {
  const navigate = useNavigate();
  const again = () => {
    const { query } = props.trace.view;
    const { type } = props.trace.state;
    return type === 'failed' || type === 'stopped' ? query : undefined;
  };
  return (
    <div class="-my-1 flex gap-2">
      <Show when={again()}>
        {(query) => (
          <button
            type="button"
            class="button"
            onClick={() => {
              navigate(`/${writeUrlState(unanswered(query()), sessionTexts)}`);
              props.onDismiss();
              focusResults();
            }}
          >
            {t('action.retry')}
          </button>
        )}
      </Show>
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
