import Ban from 'lucide-solid/icons/ban';
import Check from 'lucide-solid/icons/check';
import Minus from 'lucide-solid/icons/minus';
import LoaderCircle from 'lucide-solid/icons/loader-circle';
import TriangleAlert from 'lucide-solid/icons/triangle-alert';
import X from 'lucide-solid/icons/x';
import { createEffect, createMemo, createSignal, For, lazy, on, Show } from 'solid-js';
import { returnLostFocus } from '../../components/focus-return.ts';
import { LoadedPart } from '../../components/LoadedPart.tsx';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { createTick } from '../../components/tick.ts';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { TraceSession } from '../trace-session.ts';
import { STAGES } from '../trace-snapshot.ts';
import type { Stage, StageState, TraceSnapshot } from '../trace-snapshot.ts';
import { mustAskBeforeCancel } from './cancel-rule.ts';
import { elapsedMs } from './elapsed.ts';
import { endLook, isStageCut } from './end-look.ts';
import type { EndLook } from './end-look.ts';
import { stageName } from './stage-name.ts';
import { NotifySwitch } from './NotifySwitch.tsx';

/** Not before a trace runs. */
const loadDialog = () => import('../../components/ConfirmDialog.tsx');
const ConfirmDialog = lazy(async () => ({ default: (await loadDialog()).ConfirmDialog }));

const TICK_MS = 500;

interface StagesProps {
  readonly session: TraceSession;
  /** The query is one of machines, not of lots. */
  readonly isOfMachines: boolean;
}

/** The three stages, how far the last one is, and the way out. */
export function StageBar(props: StagesProps) {
  const snapshot = () => props.session.snapshot();
  const nowMs = createTick(TICK_MS);
  /** The run whose cancel is asked about: by the answer another one may be shown. */
  const [askedRun, setAskedRun] = createSignal<number>();
  const isAsking = () => askedRun() !== undefined && askedRun() === snapshot()?.run && props.session.isRunning();
  /** The dialog stays once it is there: it gives the focus back when it closes. */
  const wasAsked = createMemo<boolean>((was) => was || isAsking(), false);
  createEffect(
    on(
      () => props.session.isRunning(),
      (isRunning) => {
        // What a cancel needs has to be here before the network is gone.
        if (isRunning) loadDialog().catch(() => undefined);
      },
    ),
  );
  const stream = () => snapshot()?.stream;
  const elapsedSeconds = createMemo(() => {
    const known = snapshot();
    return known === undefined ? undefined : elapsedMs(known, nowMs()) / 1000;
  });
  /** What is being read, or was read last. */
  const job = () => snapshot()?.stageJob ?? stream();
  const stageOfJob = () => snapshot()?.stageJob?.stage;
  const barLabel = () => {
    const stage = stageOfJob();
    return stage === undefined ? t('progress.label') : stageName(stage, props.isOfMachines);
  };
  const percent = () => (stream()?.outcome?.type === 'complete' ? 100 : (job()?.percent ?? null));

  const cancel = (): void => {
    if (mustAskBeforeCancel((elapsedSeconds() ?? 0) * 1000, stream()?.records ?? 0)) setAskedRun(snapshot()?.run);
    else cancelNow();
  };
  const cancelNow = (): void => {
    props.session.cancel();
    // The button is disabled now, and gone soon.
    returnLostFocus();
  };

  return (
    <section aria-label={t('stage.label')} class="panel shrink-0 overflow-hidden">
      <div class="flex flex-wrap items-center gap-x-5 gap-y-2 px-4 py-2.5">
        <ol class="flex min-w-0 items-center gap-2">
          <For each={STAGES}>
            {(stage, index) => (
              <>
                <Show when={index() > 0}>
                  <li aria-hidden="true" class="h-px w-4 bg-line-strong 2xl:w-8" />
                </Show>
                <StageStep
                  name={stageName(stage, props.isOfMachines)}
                  number={index() + 1}
                  look={lookOf(stage, snapshot())}
                  state={snapshot()?.stages[stage] ?? 'waiting'}
                  figure={stageFigure(stage, snapshot(), props.isOfMachines)}
                />
              </>
            )}
          </For>
        </ol>
        <Show when={snapshot()}>
          <dl class="flex flex-wrap items-center gap-x-4 gap-y-1 lg:ml-auto">
            <Figure
              label={t('progress.percent')}
              value={percent() === null ? undefined : formatPercent(percent() ?? 0, language())}
              look={percent() === null ? '' : 'font-semibold'}
            />
            <Figure
              label={t('progress.records')}
              value={figureOf(job()?.records, (records) => formatCount(records, language()))}
            />
            <Figure
              label={t('progress.rate')}
              value={figureOf(job()?.recordsPerSecond, (rate) => formatCount(rate, language()))}
            />
            <Figure
              label={t('progress.eta')}
              value={
                props.session.isRunning()
                  ? figureOf(job()?.etaSeconds, (eta) => formatDuration(eta, language()))
                  : undefined
              }
            />
            <Figure
              label={t('progress.elapsed')}
              value={figureOf(elapsedSeconds(), (seconds) => formatDuration(seconds, language()))}
            />
            <Figure
              label={t('progress.size')}
              value={figureOf(job()?.bytes, (bytes) => formatBytes(bytes, language()))}
              look="lg:max-2xl:hidden"
            />
          </dl>
        </Show>
        <div class="flex items-center gap-3 max-lg:ml-auto">
          <Show when={snapshot()}>
            <NotifySwitch session={props.session} />
          </Show>
          <Show when={props.session.isRunning()}>
            <button type="button" class="button" disabled={props.session.isCancelling()} onClick={cancel}>
              <Ban size={14} aria-hidden="true" />
              {t(props.session.isCancelling() ? 'cancel.asked' : 'cancel.action')}
            </button>
          </Show>
        </div>
      </div>
      <ProgressBar
        label={barLabel()}
        percent={percent() ?? undefined}
        fill={FILLS[endLookOf(snapshot())]}
        class="h-1 bg-hover"
        isBusy={props.session.isRunning()}
      />
      <Show when={wasAsked()}>
        <LoadedPart>
          <ConfirmDialog
            open={isAsking()}
            title={t('cancel.title')}
            body={t('cancel.body', {
              elapsed: formatDuration(elapsedSeconds() ?? 0, language()),
              records: formatCount(stream()?.records ?? 0, language()),
            })}
            confirm={t('cancel.confirm')}
            keep={t('cancel.keep')}
            onClose={() => setAskedRun(undefined)}
            onConfirm={() => {
              const isMeant = isAsking();
              setAskedRun(undefined);
              if (isMeant) cancelNow();
            }}
          />
        </LoadedPart>
      </Show>
    </section>
  );
}

function figureOf(value: number | null | undefined, format: (value: number) => string): string | undefined {
  return value === null || value === undefined ? undefined : format(value);
}

function stageFigure(stage: Stage, snapshot: TraceSnapshot | undefined, isOfMachines: boolean): string | undefined {
  if (stage === 'seed_resolve')
    return figureOf(snapshot?.seeds?.count, (count) =>
      t(isOfMachines ? 'stage.machinesFound' : 'stage.lots', { count: formatCount(count, language()) }),
    );
  if (stage === 'lineage')
    return figureOf(snapshot?.lineage?.nodes, (count) =>
      t('stage.containers', { count: formatCount(count, language()) }),
    );
  return figureOf(snapshot?.stream?.records, (count) => t('stage.records', { count: formatCount(count, language()) }));
}

type StageLook = StageState | 'incomplete';

function lookOf(stage: Stage, snapshot: TraceSnapshot | undefined): StageLook {
  if (snapshot === undefined) return 'waiting';
  const state = snapshot.stages[stage];
  if (state === 'waiting' || state === 'active' || !isStageCut(stage, snapshot)) return state;
  return stage === 'events' && endLook(snapshot) === 'failed' ? 'failed' : 'incomplete';
}

const MARK_LOOKS: Readonly<Record<StageLook, string>> = {
  waiting: 'border-line-strong text-ink-3',
  skipped: 'border-line text-ink-3',
  active: 'border-accent text-accent',
  done: 'border-ok bg-ok text-surface',
  incomplete: 'border-warn bg-warn text-surface',
  failed: 'border-bad bg-bad text-surface',
  cancelled: 'border-ink-3 bg-ink-3 text-surface',
};

function StageStep(props: {
  readonly name: string;
  readonly number: number;
  readonly look: StageLook;
  readonly state: StageState;
  readonly figure: string | undefined;
}) {
  const mark = () => {
    if (props.look === 'done') return <Check size={12} stroke-width={3} aria-hidden="true" />;
    if (props.look === 'incomplete') return <TriangleAlert size={12} stroke-width={2.5} aria-hidden="true" />;
    if (props.look === 'failed') return <X size={12} stroke-width={3} aria-hidden="true" />;
    if (props.look === 'cancelled' || props.look === 'skipped')
      return <Minus size={12} stroke-width={3} aria-hidden="true" />;
    if (props.look === 'active') return <LoaderCircle size={13} stroke-width={2.5} class="spin" aria-hidden="true" />;
    return <span aria-hidden="true">{props.number}</span>;
  };
  return (
    <li class="flex items-center gap-2" aria-current={props.state === 'active' ? 'step' : undefined}>
      <span
        class={`flex size-5.5 shrink-0 items-center justify-center rounded-full border text-2xs font-semibold ${MARK_LOOKS[props.look]}`}
      >
        {mark()}
      </span>
      <span class="leading-4">
        <span
          class={`block whitespace-nowrap font-medium ${props.state === 'waiting' || props.state === 'skipped' ? 'text-ink-3' : 'text-ink'}`}
        >
          {props.name}
        </span>
        <span class="figure block text-2xs whitespace-nowrap text-ink-3">
          {props.figure ?? t(`stage.${props.state}`)}
        </span>
      </span>
    </li>
  );
}

function Figure(props: { readonly label: string; readonly value: string | undefined; readonly look?: string }) {
  return (
    <div class={`min-w-12 ${props.look ?? ''}`}>
      <dt class="text-2xs font-normal text-ink-3">{props.label}</dt>
      <dd class="figure whitespace-nowrap leading-4">{props.value ?? t('progress.unknown')}</dd>
    </div>
  );
}

const FILLS: Readonly<Record<EndLook, string>> = {
  open: 'bg-accent',
  complete: 'bg-ok',
  incomplete: 'bg-warn',
  failed: 'bg-bad',
  cancelled: 'bg-ink-3',
};

function endLookOf(snapshot: TraceSnapshot | undefined): EndLook {
  return snapshot === undefined ? 'open' : endLook(snapshot);
}
