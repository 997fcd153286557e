import { useNavigate } from '@solidjs/router';
import type { LucideProps } from 'lucide-solid';
import Ban from 'lucide-solid/icons/ban';
import Check from 'lucide-solid/icons/check';
import FolderOpen from 'lucide-solid/icons/folder-open';
import Link from 'lucide-solid/icons/link';
import RotateCw from 'lucide-solid/icons/rotate-cw';
import { createSignal, Show } from 'solid-js';
import type { Component } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import type { JobSummary } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import { t } from '../i18n/language.ts';
import { sessionTexts } from '../storage/page-storage.ts';
import { NO_DRAFT } from '../trace/query/form-draft.ts';
import type { ResultState } from '../trace/url-state.ts';
import { writeUrlState } from '../trace/url-state.ts';
import { FIRST_VIEW } from '../trace/view-state.ts';

/** How long the button says that the link was copied. */
const COPIED_MS = 2000;

interface JobActionsProps {
  readonly job: JobSummary;
  readonly view: ResultState;
  /** The element that says why a job without its query cannot be run again. */
  readonly unknownQueryId: string;
  readonly isCancelling: boolean;
  readonly onCancel: () => void;
}

export function JobActions(props: JobActionsProps) {
  const navigate = useNavigate();
  // Only in the click: a long query takes one of the few slots of the session's storage.
  const show = (view: ResultState): void => navigate(`/${writeUrlState({ ...view, form: NO_DRAFT }, sessionTexts)}`);
  const query = () => props.view.query;
  return (
    <div class="flex justify-end gap-0.5">
      <Show when={!isTerminal(props.job.state)}>
        <IconButton
          icon={Ban}
          label={t('cancel.action')}
          disabled={props.isCancelling}
          onClick={() => props.onCancel()}
        />
      </Show>
      <IconButton
        icon={RotateCw}
        label={t('action.retry')}
        disabled={query() === undefined}
        describedBy={query() === undefined ? props.unknownQueryId : undefined}
        onClick={() =>
          show({ query: query(), jobId: undefined, lineageJobId: undefined, grownJobIds: [], view: FIRST_VIEW })
        }
      />
      <CopyLink view={props.view} />
      <Show when={props.job.state !== 'expired'}>
        <a
          href={`/${linkTo(props.view)}`}
          class="button ml-1 h-7 px-2.5"
          aria-label={t('jobs.openNamed', { id: props.job.job_id.slice(0, 8) })}
          onClick={(event) => {
            // In another tab it is opened by its link alone.
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            show(props.view);
          }}
        >
          <FolderOpen size={14} aria-hidden="true" />
          {t('jobs.open')}
        </a>
      </Show>
    </div>
  );
}

/** The search part of a link for others: the job and its lineage, so it is short and needs no storage. */
function linkTo(view: ResultState): string {
  return writeUrlState({ ...view, query: undefined, view: FIRST_VIEW, form: NO_DRAFT }, sessionTexts);
}

function CopyLink(props: { readonly view: ResultState }) {
  const [isCopied, setCopied] = createSignal(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(`${location.origin}/${linkTo(props.view)}`);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <IconButton
      icon={isCopied() ? Check : Link}
      label={t(isCopied() ? 'found.copied' : 'jobs.copyLink')}
      onClick={() => void copy()}
    />
  );
}

function IconButton(props: {
  readonly icon: Component<LucideProps>;
  readonly label: string;
  readonly disabled?: boolean;
  readonly describedBy?: string | undefined;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      class="button button-icon"
      aria-label={props.label}
      aria-describedby={props.describedBy}
      title={props.label}
      disabled={props.disabled ?? false}
      onClick={() => props.onClick()}
    >
      <Dynamic component={props.icon} size={14} aria-hidden="true" />
    </button>
  );
}
