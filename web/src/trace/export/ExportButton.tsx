import Download from 'lucide-solid/icons/download';
import { createSignal, lazy, Show } from 'solid-js';
import { LoadedPart } from '../../components/LoadedPart.tsx';
import { t } from '../../i18n/language.ts';
import type { TraceSession } from '../trace-session.ts';
import type { DomainSnapshot } from '../trace-snapshot.ts';
import type { ShownColumns } from '../address/view-state.ts';

const ExportDialog = lazy(async () => ({ default: (await import('./ExportDialog.tsx')).ExportDialog }));

/** Opens the export of the domain in sight. What the dialog is made of is loaded when it is wanted. */
export function ExportButton(props: {
  readonly session: TraceSession;
  readonly domain: DomainSnapshot;
  readonly columns: ShownColumns | undefined;
}) {
  const [isOpen, setOpen] = createSignal(false);
  return (
    <>
      <button
        type="button"
        class="button h-7 px-2.5"
        disabled={props.domain.records === 0}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Download size={14} aria-hidden="true" />
        {t('export.action')}
      </button>
      <Show when={isOpen()}>
        <LoadedPart onDismiss={() => setOpen(false)}>
          <ExportDialog
            session={props.session}
            domain={props.domain}
            columns={props.columns}
            onClose={() => setOpen(false)}
          />
        </LoadedPart>
      </Show>
    </>
  );
}
