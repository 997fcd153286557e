import * as Popover from '@kobalte/core/popover';
import Download from 'lucide-solid/icons/download';
import { createSignal, For, onCleanup, Show } from 'solid-js';
import { NODE_TYPES } from '#protocol/trace.ts';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import type { SentenceKey } from '../../i18n/dictionary.ts';
import { figure } from '../../i18n/figure.ts';
import { formatPercent } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { downloadBlob } from '../export/save-file.ts';
import type { TraceSession } from '../trace-session.ts';
import type { LineageFile, LineageFileOutcome, LineageFileRequest } from './lineage-file.ts';
import type { PictureLook } from './lineage-picture.ts';

const FILES = ['pngOpened', 'pngAll', 'csv'] as const;
type FileKind = (typeof FILES)[number];

const JOB_ID_CHARS = 8;

interface LineageExportProps {
  readonly session: TraceSession;
  /** Container ids of the nodes that are open. */
  readonly opened: ReadonlySet<string>;
}

/** Saves the lineage: as a picture of the whole drawing, or as a table. */
export function LineageExport(props: LineageExportProps) {
  const [outcome, setOutcome] = createSignal<Outcome>();
  const [making, setMaking] = createSignal<{ readonly percent: number }>();
  let asked = 0;
  let kinds: HTMLElement | undefined;
  const save = async (kind: FileKind): Promise<void> => {
    if (making() !== undefined) return;
    const number = ++asked;
    setMaking({ percent: 0 });
    setOutcome({ key: 'lineage.makingFile' });
    const told = (percent: number): void => void (number === asked && setMaking({ percent }));
    const made = await props.session
      .lineageFile(requestOf(kind, props), told)
      .catch((): LineageFileOutcome => ({ type: 'failed' }));
    if (number !== asked) return;
    setMaking(undefined);
    if (made.type !== 'made')
      return void setOutcome({ key: made.type === 'failed' ? 'problem.EXPORT_FAILED' : 'export.cancelled' });
    const { file } = made;
    downloadBlob(file.blob, fileName(props.session, kind === 'csv' ? 'csv' : 'png'));
    const key = kind === 'csv' ? 'savedCsv' : file.scale >= 1 ? 'savedPng' : 'savedSmall';
    setOutcome({ key: `lineage.${key}`, file });
  };
  const cancel = (): void => {
    asked++;
    setMaking(undefined);
    setOutcome({ key: 'export.cancelled' });
    props.session.cancelLineageFile();
    // The button that was pressed is gone.
    kinds?.querySelector('button')?.focus();
  };
  // Without its page nobody would get the file.
  onCleanup(() => making() !== undefined && cancel());
  return (
    <Popover.Root
      gutter={4}
      placement="bottom-end"
      onOpenChange={(isOpen) => isOpen && making() === undefined && setOutcome(undefined)}
    >
      <Popover.Trigger class="button button-icon" aria-label={t('lineage.saveAs')} title={t('lineage.saveAs')}>
        <Download size={15} aria-hidden="true" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content class="panel z-40 grid w-64 gap-1 p-1.5 shadow-lg outline-none">
          <Popover.Title class="px-2 pt-1 panel-title">{t('lineage.saveAs')}</Popover.Title>
          <div ref={(element) => (kinds = element)} class="grid gap-1">
            <For each={FILES}>
              {(kind) => (
                <button
                  type="button"
                  class="rounded-sm px-2 py-1.5 text-left hover:bg-hover aria-disabled:opacity-50"
                  aria-disabled={making() !== undefined}
                  onClick={() => void save(kind)}
                >
                  {t(`lineage.${kind}`)}
                </button>
              )}
            </For>
          </div>
          <Show when={making()}>
            {(state) => (
              <div class="flex items-center gap-2 px-2 pb-1">
                <ProgressBar
                  label={t('lineage.makingFile')}
                  percent={state().percent}
                  fill="bg-accent"
                  class="h-1.5 flex-1 bg-hover"
                />
                <span class="figure text-xs text-ink-2">{formatPercent(state().percent, language())}</span>
                <button type="button" class="button h-6 px-2 text-xs" onClick={cancel}>
                  {t('export.cancel')}
                </button>
              </div>
            )}
          </Show>
          <p role="status" class="px-2 pb-1 text-xs text-ink-2 empty:hidden">
            <Show when={outcome()}>{(told) => <>{outcomeText(told())}</>}</Show>
          </p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** What is said of the last file, in whatever language the page is by then. */
interface Outcome {
  readonly key: SentenceKey;
  readonly file?: Pick<LineageFile, 'count' | 'scale'>;
}

function outcomeText({ key, file }: Outcome): string {
  if (file === undefined) return t(key);
  return t(key, { count: figure(file.count), scale: formatPercent(100 * file.scale, language()) });
}

function requestOf(kind: FileKind, { opened, session }: LineageExportProps): LineageFileRequest {
  if (kind !== 'csv') {
    const shown = kind === 'pngAll' ? undefined : [...opened];
    return { format: 'png', opened: shown, unread: [...session.unread()], look: readLook() };
  }
  const [parent, child] = [t('lineage.parent'), t('lineage.child')];
  const edgeNames = {
    split_from: t('edgeType.split_from'),
    merge_source: t('edgeType.merge_source'),
    wafer_origin: t('edgeType.wafer_origin'),
    gd_rework_source: t('edgeType.gd_rework_source'),
  };
  return { format: 'csv', headings: [parent, `${parent} ID`, child, `${child} ID`, t('lineage.relation')], edgeNames };
}

/** The colours of the light that the page is in. */
function readLook(): PictureLook {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const nodes = NODE_TYPES.map((type) => [type, colour(`--node-${type.toLowerCase()}`)]);
  return {
    ground: colour('--surface'),
    line: colour('--line-strong'),
    ink: colour('--ink'),
    faintInk: colour('--ink-2'),
    seed: colour('--accent'),
    nodes: Object.fromEntries(nodes) as PictureLook['nodes'],
    edges: {
      split_from: colour('--edge-split'),
      merge_source: colour('--edge-merge'),
      wafer_origin: colour('--edge-wafer'),
      gd_rework_source: colour('--edge-rework'),
    },
  };
}

function fileName(session: TraceSession, extension: string): string {
  const lineage = session.snapshot()?.lineage;
  const parts = ['lotstream', 'lineage', (lineage?.jobId ?? '').slice(0, JOB_ID_CHARS)];
  if (lineage?.truncated === true) parts.push('truncated');
  return `${parts.join('-')}.${extension}`;
}
