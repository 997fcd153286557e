import { createMemo, on, Show } from 'solid-js';
import { formatDuration } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import { problemText } from '../i18n/problem-text.ts';
import type { ClientProblem } from '../stream/client-problem.ts';
import { Notice } from './Notice.tsx';
import { secondsToWait } from './seconds-to-wait.ts';
import { ServerDetail } from './ServerDetail.tsx';
import { createTick } from './tick.ts';

const TICK_MS = 500;

interface ProblemNoticeProps {
  readonly problem: ClientProblem;
  /** What it was that failed, where that is not plain. */
  readonly lead?: string;
  /** What helps; not before the wait is over that the edge asked for. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  readonly onDismiss?: () => void;
}

/** A refusal or failure: what to do about it, when that is possible again, and what the server said. */
export function ProblemNotice(props: ProblemNoticeProps) {
  const nowMs = createTick(TICK_MS);
  const heardAtMs = createMemo(
    on(
      () => props.problem,
      () => Date.now(),
    ),
  );
  const waitSeconds = createMemo(() => secondsToWait(props.problem.retryAfterSeconds ?? 0, heardAtMs(), nowMs()));
  const wait = () => t('action.wait', { wait: formatDuration(waitSeconds(), language()) });
  return (
    <Notice
      tone="bad"
      {...(props.onDismiss === undefined ? {} : { onDismiss: () => props.onDismiss?.() })}
      actions={
        <Show when={props.action}>
          {(action) => (
            <button type="button" class="button -my-1" disabled={waitSeconds() > 0} onClick={() => action().run()}>
              {waitSeconds() > 0 ? wait() : action().label}
            </button>
          )}
        </Show>
      }
    >
      <p>
        <Show when={props.lead}>{(lead) => <>{lead()} </>}</Show>
        {problemText(props.problem)}
        <Show when={props.action === undefined && waitSeconds() > 0}> {wait()}</Show>
      </p>
      <ServerDetail detail={props.problem.detail} requestId={props.problem.requestId} />
    </Notice>
  );
}
