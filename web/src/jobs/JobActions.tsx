import { useNavigate } from '@solidjs/router';
import type { LucideProps } from 'lucide-solid';
import Ban from 'lucide-solid/icons/ban';
import FolderOpen from 'lucide-solid/icons/folder-open';
import Link from 'lucide-solid/icons/link';
import RotateCw from 'lucide-solid/icons/rotate-cw';
import { Show } from 'solid-js';
import type { Component } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import type { JobSummary } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { opensElsewhere } from '../components/opens-elsewhere.ts';
import { t } from '../i18n/language.ts';
import { sessionTexts } from '../storage/page-storage.ts';
import { NO_DRAFT } from '../trace/query/form-draft.ts';
import type { ResultState, UrlState } from '../trace/address/url-state.ts';
import { unanswered, writeUrlState } from '../trace/address/url-state.ts';
import { FIRST_VIEW } from '../trace/address/view-state.ts';

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
  const show = (view: UrlState): void => navigate(`/${writeUrlState(view, sessionTexts)}`);
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
        onClick={() => show(unanswered(query()))}
      />
      <CopyButton icon={Link} label={t('jobs.copyLink')} text={() => `${location.origin}/${linkTo(props.view)}`} />
      <Show when={props.job.state !== 'expired'}>
        <a
          href={`/${linkTo(props.view)}`}
          class="button ml-1 h-7 px-2.5"
          aria-label={t('jobs.openNamed', { id: props.job.job_id.slice(0, 8) })}
          onClick={(event) => {
            // In another tab it is opened by its link alone.
            if (opensElsewhere(event)) return;
            event.preventDefault();
            show({ ...props.view, form: NO_DRAFT });
          }}
        >
          <FolderOpen size={14} aria-hidden="true" />
          {t('jobs.open')}
        </a>
      </Show>
    </div>
  );
}

/** The search part of a link for others: the job and its lineage. With many jobs in it, it names a slot of this session. */
function linkTo(view: ResultState): string {
  return writeUrlState({ ...view, query: undefined, view: FIRST_VIEW, form: NO_DRAFT }, sessionTexts);
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
