import { createMemo, createSignal, For, lazy, Match, on, Show, Switch } from 'solid-js';
import { focusResults } from '../../components/focus-return.ts';
import { Notice } from '../../components/Notice.tsx';
import { LoadedPart } from '../../components/LoadedPart.tsx';
import { ProblemNotice } from '../../components/ProblemNotice.tsx';
import { ReloadButton } from '../../components/ReloadButton.tsx';
import { secondsToWait } from '../../components/seconds-to-wait.ts';
import { ServerDetail } from '../../components/ServerDetail.tsx';
import { createTick } from '../../components/tick.ts';
import { formatCount, formatDuration } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { streamProblemKey } from '../../i18n/problem-sentence.ts';
import { isIncomplete, qualityText } from '../../i18n/quality-text.ts';
import type { ClientProblem } from '../../stream/client-problem.ts';
import type { StreamOutcome } from '../../stream/stream-outcome.ts';
import type { TracePart } from '../part-list.ts';
import { MAX_PARTS } from '../part-list.ts';
import type { TraceQuery } from '../trace-query.ts';
import type { TraceSession } from '../trace-session.ts';
import type { Stage, StreamSnapshot, TraceSnapshot } from '../trace-snapshot.ts';
import { QueueNotice } from './QueueNotice.tsx';

/** Few traces have parts, or less than was asked for. */
const PartsNotice = lazy(async () => ({ default: (await import('./PartsNotice.tsx')).PartsNotice }));

const FindingNotices = lazy(async () => ({ default: (await import('./FindingNotices.tsx')).FindingNotices }));

const TICK_MS = 500;

interface TraceNoticesProps {
  readonly session: TraceSession;
  /** `undefined`: the job was opened by its id alone. */
  readonly query: TraceQuery | undefined;
  readonly onRetry: () => void;
  readonly onNewQuery: () => void;
  /** The address of a part of this trace, for another tab. */
  readonly partHref: (part: TracePart) => string;
  readonly onOpenPart: (part: TracePart) => void;
  readonly onReadInParts: () => void;
  /** Goes to the list of what was not found. */
  readonly onShowNotFound: () => void;
}

/** Jobs that are gone: asking for the same one again leads nowhere. */
const GONE: ReadonlySet<ClientProblem['code']> = new Set<ClientProblem['code']>([
  'JOB_NOT_FOUND',
  'JOB_RESULT_EXPIRED',
]);

/** What the same query would be refused for again. */
const NEEDS_CHANGE: ReadonlySet<ClientProblem['code']> = new Set<ClientProblem['code']>([
  'INVALID_PARAMS',
  'INVALID_PROFILE',
  'UNKNOWN_DOMAIN',
  'CID_LIMIT_EXCEEDED',
  'BODY_TOO_LARGE',
  'RESULT_TOO_LARGE',
  'TOO_MANY_MACHINES',
]);

/** What the person has to know about this trace, each thing with what to do about it. */
export function TraceNotices(props: TraceNoticesProps) {
  return (
    <>
      <Alerts {...props} />
      <News {...props} />
    </>
  );
}

/** What went wrong. Each speaks for itself. */
function Alerts(props: TraceNoticesProps) {
  const snapshot = () => props.session.snapshot();
  return (
    <div class="grid shrink-0 gap-2 empty:hidden">
      <Show when={props.session.hasFailed()}>
        <Notice tone="bad" actions={<ReloadButton />}>
          {t('problem.PAGE_FAILED')}
        </Notice>
      </Show>
      <Show when={snapshot()?.problem}>
        {(found) => (
          <Trouble
            session={props.session}
            query={props.query}
            stage={found().stage}
            problem={found().problem}
            onReadInParts={props.onReadInParts}
            onRetry={props.onRetry}
            onNewQuery={props.onNewQuery}
          />
        )}
      </Show>
      <Show when={snapshot()?.stream?.outcome}>
        {(outcome) => <FailureNotice outcome={outcome()} onRetry={props.onRetry} />}
      </Show>
    </div>
  );
}

/** What else there is to know. It is spoken when it comes, so it is always there; figures that count are not. */
function News(props: TraceNoticesProps) {
  const snapshot = () => props.session.snapshot();
  const stream = () => snapshot()?.stream;
  const isDays = () => props.query?.mode === 'date_range';
  return (
    <div aria-live="polite" class="grid shrink-0 gap-2 empty:-mt-2">
      <Show when={snapshot()?.parts}>
        {(parts) => (
          <LoadedPart>
            <PartsNotice
              parts={parts()}
              jobId={stream()?.jobId}
              hrefOf={props.partHref}
              onOpen={props.onOpenPart}
              onPostRest={props.query === undefined ? undefined : () => leave(() => props.session.postParts())}
            />
          </LoadedPart>
        )}
      </Show>
      <Show when={snapshot()?.seeds?.count === 0 && snapshot()?.endedAtMs !== undefined}>
        <Notice tone="info">
          <strong class="font-semibold">{t(isDays() ? 'end.noLots' : 'end.noSeeds')}</strong>{' '}
          {t(isDays() ? 'end.noLotsHint' : 'end.noSeedsHint')}
        </Notice>
      </Show>
      <Show when={hasLess(snapshot()) && snapshot()}>
        {(known) => (
          <LoadedPart>
            <FindingNotices snapshot={known()} mode={props.query?.mode} onShowNotFound={props.onShowNotFound} />
          </LoadedPart>
        )}
      </Show>
      <Show when={props.session.isRunning() && stream()}>
        {(known) => <ConnectionNotice stream={known()} onRetryNow={() => leave(() => props.session.retryNow())} />}
      </Show>
      <Show when={props.session.isRunning() && stream()?.records === 0 && stream()?.jobId}>
        {(jobId) => <QueueNotice jobId={jobId()} />}
      </Show>
      <Show when={snapshot()?.cancel === 'withdrawn'}>
        <Notice tone="info">{t('end.withdrawn')}</Notice>
      </Show>
      <Show when={snapshot()?.cancel === 'asked' && snapshot()?.endedAtMs === undefined}>
        <Notice tone="info">{t('database.pending')}</Notice>
      </Show>
      <Show when={stream()?.outcome}>{(outcome) => <OutcomeNotice outcome={outcome()} stream={stream()} />}</Show>
      <For each={stream()?.warnings ?? []}>
        {(warning) => (
          <Notice tone="warn">
            {warning.code === 'DOMAIN_FAILED' && warning.domain !== undefined
              ? t('warning.DOMAIN_FAILED', { domain: t(`domain.${warning.domain}`) })
              : warning.code === 'SNAPSHOT_LOST'
                ? t('warning.SNAPSHOT_LOST')
                : t('warning.other')}
            <Show when={warning.code !== 'DOMAIN_FAILED' && warning.code !== 'SNAPSHOT_LOST'}>
              <ServerDetail detail={warning.detail} />
            </Show>
          </Notice>
        )}
      </For>
    </div>
  );
}

function hasLess(snapshot: TraceSnapshot | undefined): boolean {
  return snapshot !== undefined && ((snapshot.seeds?.notFound.length ?? 0) > 0 || snapshot.cuts.length > 0);
}

/** For a button that goes with its notice, as soon as the worker has heard of it. */
function leave(act: () => void): void {
  act();
  focusResults({ preventScroll: true });
}

interface TroubleProps {
  readonly session: TraceSession;
  readonly query: TraceQuery | undefined;
  readonly stage: Stage;
  readonly problem: ClientProblem;
  readonly onReadInParts: () => void;
  readonly onRetry: () => void;
  readonly onNewQuery: () => void;
}

/** Why a stage did not come to its end, and the one thing that helps. */
function Trouble(props: TroubleProps) {
  const [dismissed, setDismissed] = createSignal<ClientProblem>();
  const action = () => {
    if (props.session.isRunning()) return undefined;
    const parts = props.stage === 'events' ? (props.problem.splitPlan?.length ?? 0) : 0;
    if (parts > 0 && parts <= MAX_PARTS)
      return { label: t('parts.read', { count: formatCount(parts, language()) }), run: props.onReadInParts };
    if (NEEDS_CHANGE.has(props.problem.code)) return { label: t('action.changeQuery'), run: props.onNewQuery };
    const isLost = props.query === undefined && GONE.has(props.problem.code);
    if (isLost) return { label: t('action.newQuery'), run: props.onNewQuery };
    return { label: t(isReopening() ? 'action.tryAgain' : 'action.retry'), run: props.onRetry };
  };
  /** Its events are read all the same, so there is nothing to be run again. */
  const isReopening = () => props.stage === 'lineage' && props.session.snapshot()?.stream !== undefined;
  return (
    <Show when={dismissed() !== props.problem}>
      <ProblemNotice
        lead={isReopening() ? t('lineage.notReopened') : undefined}
        problem={props.problem}
        action={action()}
        onDismiss={() => setDismissed(props.problem)}
      />
    </Show>
  );
}

function ConnectionNotice(props: { readonly stream: StreamSnapshot; readonly onRetryNow: () => void }) {
  const nowMs = createTick(TICK_MS);
  const waiting = () => (props.stream.connection.state === 'waiting' ? props.stream.connection : undefined);
  return (
    <Switch>
      <Match when={waiting()}>
        {(wait) => {
          const heardAtMs = createMemo(
            on(
              () => wait().retryAtMs,
              () => Date.now(),
            ),
          );
          const leftSeconds = () => secondsToWait((wait().retryAtMs - heardAtMs()) / 1000, heardAtMs(), nowMs());
          const span = () => formatDuration(leftSeconds(), language());
          const key = () =>
            wait().why === 'cut'
              ? 'progress.resuming'
              : wait().why === 'damaged'
                ? 'progress.damaged'
                : 'progress.refused';
          return (
            <Notice
              tone="warn"
              actions={
                <button type="button" class="button -my-1" onClick={() => props.onRetryNow()}>
                  {t('progress.retryNow')}
                </button>
              }
            >
              {/* The status that is spoken says that it was cut; this counts. */}
              <span aria-live="off">
                {t(key(), { wait: span(), attempt: formatCount(wait().attempt, language()) })}
              </span>
            </Notice>
          );
        }}
      </Match>
      <Match when={props.stream.connection.state === 'connecting' && props.stream.resumes > 0}>
        <Notice tone="warn">{t('progress.resumingNow')}</Notice>
      </Match>
    </Switch>
  );
}

interface FailureNoticeProps {
  readonly outcome: StreamOutcome;
  readonly onRetry: () => void;
}

/** That a job failed, or brought nothing that can be used. A refusal has its own notice. */
function FailureNotice(props: FailureNoticeProps) {
  const error = () => (props.outcome.type === 'error' ? props.outcome : undefined);
  const isUseless = () => props.outcome.type === 'complete' && props.outcome.quality.status === 'failed';
  return (
    <Show when={error() !== undefined || isUseless()}>
      <Notice
        tone="bad"
        actions={
          <button type="button" class="button -my-1" onClick={() => props.onRetry()}>
            {t('action.retry')}
          </button>
        }
      >
        <Show when={error()} fallback={t('end.failed')}>
          {(failed) => (
            <>
              <p>
                {t('end.jobFailed')} {t(streamProblemKey(failed().code))}
              </p>
              <ServerDetail detail={failed().detail} />
            </>
          )}
        </Show>
      </Notice>
    </Show>
  );
}

interface OutcomeNoticeProps {
  readonly outcome: StreamOutcome;
  readonly stream: StreamSnapshot | undefined;
}

/** How the reading ended otherwise. A complete result needs no notice but its marks. */
function OutcomeNotice(props: OutcomeNoticeProps) {
  const quality = () => (props.outcome.type === 'complete' ? props.outcome.quality : undefined);
  const cancelled = () => (props.outcome.type === 'cancelled' ? props.outcome : undefined);
  return (
    <Switch>
      <Match when={isIncomplete(quality()) && quality()}>
        {(incomplete) => <Notice tone="warn">{qualityText(incomplete())}</Notice>}
      </Match>
      <Match when={cancelled()}>
        {(outcome) => (
          <Notice tone="info">
            {t('end.cancelled')} {t(`database.${outcome().database}`)}
          </Notice>
        )}
      </Match>
      <Match when={props.outcome.type === 'stopped' && props.stream?.records !== 0}>
        <Notice tone="info">{t('end.stopped')}</Notice>
      </Match>
    </Switch>
  );
}
