import LoaderCircle from 'lucide-solid/icons/loader-circle';
import { Match, Show, Switch } from 'solid-js';
import { Notice } from '../../components/Notice.tsx';
import { ProblemNotice } from '../../components/ProblemNotice.tsx';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { TraceSession } from '../trace-session.ts';
import type { AgainState } from '../trace-snapshot.ts';

type Refused = Extract<AgainState, { readonly type: 'refused' }>;

/** What came to the lineage when its events had been asked for, and the way to have these too. */
export function UnreadNotice(props: { readonly session: TraceSession }) {
  const again = () => props.session.snapshot()?.again;
  const refused = () => {
    const state = again();
    return state?.type === 'refused' ? state : undefined;
  };
  const count = () => props.session.unread().size;
  return (
    <div class="shrink-0 border-b border-line px-2 py-1.5 empty:hidden" role="status">
      <Switch>
        <Match when={again()?.type === 'asking'}>
          <div class="flex items-center gap-2">
            <LoaderCircle size={15} class="spin shrink-0 text-accent" aria-hidden="true" />
            <span class="min-w-0 truncate">{t('events.askingAgain')}</span>
            <button
              type="button"
              class="button ml-auto h-6 px-2 text-xs"
              onClick={() => props.session.cancelReadAgain()}
            >
              {t('lineage.cancelGrowth')}
            </button>
          </div>
        </Match>
        <Match when={refused()}>{(state) => <RefusedNotice session={props.session} refused={state()} />}</Match>
        <Match when={count() > 0}>
          <Notice tone="info" actions={<ReadAgainButton session={props.session} />}>
            {t('events.unread', { count: formatCount(count(), language()) })}{' '}
            <Show when={props.session.isRunning()}>{t('events.unreadLater')}</Show>
          </Notice>
        </Match>
      </Switch>
    </div>
  );
}

/** Only when nothing is being read: what arrives would be dropped for it. */
export function ReadAgainButton(props: { readonly session: TraceSession }) {
  const isAsking = () => props.session.snapshot()?.again?.type === 'asking';
  return (
    <Show when={!props.session.isRunning()}>
      <button type="button" class="button -my-1" disabled={isAsking()} onClick={() => props.session.readAgain()}>
        {t('events.readAgain')}
      </button>
    </Show>
  );
}

/** What was read before is still shown below. */
function RefusedNotice(props: { readonly session: TraceSession; readonly refused: Refused }) {
  return (
    <ProblemNotice
      lead={t('events.againRefused')}
      problem={props.refused.problem}
      action={{ label: t('action.retry'), run: () => props.session.readAgain() }}
      onDismiss={() => props.session.cancelReadAgain()}
    />
  );
}
