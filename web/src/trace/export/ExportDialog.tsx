import * as Dialog from '@kobalte/core/dialog';
import { createEffect, createSignal, For, on, onCleanup, Show } from 'solid-js';
import type { JSX } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import { CheckboxField } from '../../components/CheckboxField.tsx';
import { createFocusReturn } from '../../components/focus-return.ts';
import { Notice } from '../../components/Notice.tsx';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { placeOfJob } from '../part-list.ts';
import type { TraceSession } from '../trace-session.ts';
import { columnsInSight } from '../events/column-state.ts';
import type { DomainSnapshot } from '../trace-snapshot.ts';
import type { ShownColumns } from '../address/view-state.ts';
import type {
  Completeness,
  ExportFormat,
  ExportOutcome,
  ExportProgress,
  ExportScope,
  NamedResult,
} from './export-plan.ts';
import {
  archiveName,
  EXPORT_FORMATS,
  EXPORT_SCOPES,
  exportFileName,
  judgeCompleteness,
  leastOf,
} from './export-plan.ts';
import { ExportBar, ExportOutcomeNotice } from './ExportState.tsx';
import { downloadBlob, pickFile } from './save-file.ts';

interface ExportDialogProps {
  readonly session: TraceSession;
  readonly domain: DomainSnapshot;
  /** How the reader has them; `undefined`: as the warehouse has them. */
  readonly columns: ShownColumns | undefined;
  readonly onClose: () => void;
}

/** Chooses what to export and how, and says how far it is. While an export runs only its own button stops it. */
export function ExportDialog(props: ExportDialogProps) {
  const [scope, setScope] = createSignal<ExportScope>('shown');
  const [format, setFormat] = createSignal<ExportFormat>('csv');
  const [isRaw, setRaw] = createSignal(false);
  const [progress, setProgress] = createSignal<ExportProgress>();
  const [isStopping, setStopping] = createSignal(false);
  const [outcome, setOutcome] = createSignal<ExportOutcome>();
  const focusReturn = createFocusReturn();
  const stream = () => props.session.snapshot()?.stream;
  const arranged = () => props.domain.arranged;
  /** Whether what is on screen is not simply all that came. */
  const isArranged = () =>
    stream()?.filterContainers !== undefined || arranged()?.rows !== undefined || props.columns !== undefined;
  const isSettled = () => props.domain.filtered && (arranged()?.state ?? 'settled') === 'settled';
  /** Kinds of which there are records. */
  const kinds = () => (stream()?.domains ?? []).filter(({ records }) => records > 0);
  const scopes = () =>
    EXPORT_SCOPES.filter((each) => (each === 'shown' ? isArranged() : each === 'whole' || kinds().length > 1));
  const chosenScope = () => (scopes().includes(scope()) ? scope() : 'whole');
  const records: Record<ExportScope, () => number> = {
    shown: () => arranged()?.rows ?? props.domain.shown,
    whole: () => props.domain.records,
    everything: () => stream()?.records ?? 0,
  };
  const completenessOf = (domain: Domain): Completeness => {
    const snapshot = props.session.snapshot();
    const arrival = snapshot === undefined ? 'so_far' : judgeCompleteness(snapshot, domain);
    return chosenScope() === 'shown' && !isSettled() ? leastOf([arrival, 'unsettled']) : arrival;
  };
  const completeness = () =>
    chosenScope() === 'everything'
      ? leastOf((stream()?.domains ?? []).map(({ domain }) => completenessOf(domain)))
      : completenessOf(props.domain.domain);
  const named = (of: Completeness): NamedResult => ({
    jobId: stream()?.jobId ?? '',
    part: placeOfJob(props.session.snapshot()?.parts?.parts, stream()?.jobId),
    completeness: of,
  });
  const files = () =>
    (chosenScope() === 'everything' ? kinds() : [props.domain]).map(({ domain }) => ({
      domain,
      name: exportFileName({ domain, format: format(), scope: chosenScope() }, named(completenessOf(domain))),
    }));
  /** What is saved: the one file, or the archive. */
  const savedName = () =>
    chosenScope() === 'everything' ? archiveName(named(completeness())) : (files()[0]?.name ?? '');
  onCleanup(() => props.session.cancelExport());
  let content: HTMLElement | undefined;
  // The buttons take each other's place: the focus, which went with the one that was pressed, stays in the dialog.
  createEffect(
    on(
      () => progress() === undefined,
      () => document.activeElement === document.body && content?.focus(),
      { defer: true },
    ),
  );

  const save = async (): Promise<void> => {
    const name = savedName();
    const request = {
      files: files(),
      scope: chosenScope(),
      format: format(),
      ...(chosenScope() === 'shown' && props.columns !== undefined
        ? { columns: columnsInSight(props.columns, props.domain.columns) }
        : {}),
      raw: format() === 'csv' && isRaw(),
      language: language(),
    };
    setOutcome(undefined);
    // The last word on progress may come after the outcome.
    let isOver = false;
    try {
      const file = await pickFile(name);
      setProgress({ percent: 0, bytes: 0 });
      const result = await props.session.exportRecords(request, file, (now) => {
        if (!isOver) setProgress(now);
      });
      setOutcome(result);
      if (result.type === 'saved' && result.blob !== undefined) downloadBlob(result.blob, name);
    } catch (thrown) {
      const isDeclined = thrown instanceof DOMException && thrown.name === 'AbortError';
      if (!isDeclined) setOutcome({ type: 'failed', problem: { code: 'EXPORT_FAILED' } });
    } finally {
      isOver = true;
      setProgress(undefined);
      setStopping(false);
    }
  };

  const stop = (): void => {
    setStopping(true);
    props.session.cancelExport();
  };
  // Nothing more comes from a worker that is gone.
  createEffect(() => {
    if (!props.session.hasFailed() || progress() === undefined) return;
    setProgress(undefined);
    setOutcome({ type: 'failed', problem: { code: 'EXPORT_FAILED' } });
  });

  return (
    <Dialog.Root open onOpenChange={(open) => !open && progress() === undefined && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="fixed inset-0 z-40 bg-black/40" />
        <div class="fixed inset-0 z-50 flex items-center justify-center p-4">
          <Dialog.Content
            {...focusReturn}
            ref={(element) => (content = element)}
            class="panel max-h-full w-full max-w-lg overflow-y-auto p-5 shadow-xl outline-none"
          >
            <Dialog.Title class="text-[0.9375rem] font-semibold">
              {t('export.title', { domain: t(`domain.${props.domain.domain}`) })}
            </Dialog.Title>
            <fieldset disabled={progress() !== undefined} class="mt-4 grid gap-4">
              <Show when={scopes().length > 1}>
                <Choice label={t('export.scope')}>
                  <For each={scopes()}>
                    {(each) => (
                      <Option
                        name="scope"
                        label={t(`export.${each}`, { count: formatCount(records[each](), language()) })}
                        isChosen={chosenScope() === each}
                        onChoose={() => setScope(each)}
                      />
                    )}
                  </For>
                </Choice>
              </Show>
              <div>
                <Choice label={t('export.format')}>
                  <For each={EXPORT_FORMATS}>
                    {(each) => (
                      <Option
                        name="format"
                        label={t(`export.${each}`)}
                        isChosen={format() === each}
                        onChoose={() => setFormat(each)}
                      />
                    )}
                  </For>
                </Choice>
                <p class="mt-1 text-xs text-ink-2">{t(`export.${format()}Hint`)}</p>
                <Show when={format() === 'csv'}>
                  <CheckboxField
                    class="mt-1"
                    label={t('export.raw')}
                    checked={isRaw()}
                    onChange={() => setRaw(!isRaw())}
                  />
                </Show>
              </div>
              <p class="min-w-0">
                <span class="block text-xs font-medium text-ink-2">{t('export.file')}</span>
                <span class="font-mono text-xs wrap-anywhere">{savedName()}</span>
              </p>
            </fieldset>
            <div class="mt-4 grid gap-2 empty:hidden">
              <Show when={known(completeness())}>{(gap) => <Notice tone="warn">{t(`export.${gap()}`)}</Notice>}</Show>
              <Show when={progress()}>{(now) => <ExportBar progress={now()} />}</Show>
              <Show when={outcome()}>{(ended) => <ExportOutcomeNotice outcome={ended()} />}</Show>
            </div>
            <div class="mt-5 flex justify-end gap-2">
              <Show
                when={progress() !== undefined}
                fallback={
                  <>
                    <button type="button" class="button" onClick={() => props.onClose()}>
                      {t('export.close')}
                    </button>
                    <button type="button" class="button button-primary" onClick={() => void save()}>
                      {t('export.save')}
                    </button>
                  </>
                }
              >
                <button type="button" class="button button-danger" disabled={isStopping()} onClick={stop}>
                  {t(isStopping() ? 'export.stopping' : 'export.cancel')}
                </button>
              </Show>
            </div>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What has to be said; a complete result needs no word. */
function known<Value extends string>(completeness: Value): Exclude<Value, 'complete'> | undefined {
  return completeness === 'complete' ? undefined : (completeness as Exclude<Value, 'complete'>);
}

function Choice(props: { readonly label: string; readonly children: JSX.Element }) {
  return (
    <fieldset class="min-w-0">
      <legend class="mb-1 text-xs font-medium text-ink-2">{props.label}</legend>
      <div class="flex flex-wrap gap-x-5 gap-y-1">{props.children}</div>
    </fieldset>
  );
}

function Option(props: {
  readonly name: string;
  readonly label: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <label class="flex min-h-7 cursor-pointer items-center gap-2">
      <input
        type="radio"
        name={props.name}
        class="size-3.5 shrink-0 accent-(--accent)"
        checked={props.isChosen}
        onChange={() => props.onChoose()}
      />
      {props.label}
    </label>
  );
}
