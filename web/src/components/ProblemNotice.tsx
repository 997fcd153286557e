import { Show } from 'solid-js';
import { formatDuration } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import { reloadHelps } from '../i18n/problem-sentence.ts';
import { problemText } from '../i18n/problem-text.ts';
import type { ClientProblem } from '../stream/client-problem.ts';
import { Notice } from './Notice.tsx';
import { ReloadButton } from './ReloadButton.tsx';
import { ServerDetail } from './ServerDetail.tsx';
import { createWaitSeconds } from './wait-seconds.ts';

interface ProblemNoticeProps {
  readonly problem: ClientProblem;
  /** What it was that failed, where that is not plain. */
  readonly lead?: string | undefined;
  /** What helps; not before the wait is over that the edge asked for. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  readonly onDismiss?: () => void;
}

/** A refusal or failure: what to do about it, when that is possible again, and what the server said. */
export function ProblemNotice(props: ProblemNoticeProps) {
  const waitSeconds = createWaitSeconds(() => props.problem);
  const wait = () => t('action.wait', { wait: formatDuration(waitSeconds(), language()) });
  return (
    <Notice
      tone="bad"
      {...(props.onDismiss === undefined ? {} : { onDismiss: () => props.onDismiss?.() })}
      actions={
        <Show
          when={reloadHelps(props.problem.code) ? undefined : props.action}
          fallback={<Reload problem={props.problem} />}
        >
          {(action) => (
            // Its figure changes each second: the sentence is heard, the counting is not.
            <button
              type="button"
              class="button -my-1"
              aria-live="off"
              disabled={waitSeconds() > 0}
              onClick={() => action().run()}
            >
              {waitSeconds() > 0 ? wait() : action().label}
            </button>
          )}
        </Show>
      }
    >
      <p>
        <Show when={props.lead}>{(lead) => <>{lead()} </>}</Show>
        {problemText(props.problem)}
        <Show when={props.action === undefined && waitSeconds() > 0}>
          <span aria-live="off"> {wait()}</span>
        </Show>
      </p>
      <ServerDetail detail={props.problem.detail} requestId={props.problem.requestId} />
    </Notice>
  );
}

function Reload(props: { readonly problem: ClientProblem }) {
  return (
    <Show when={reloadHelps(props.problem.code)}>
      <ReloadButton />
    </Show>
  );
}
