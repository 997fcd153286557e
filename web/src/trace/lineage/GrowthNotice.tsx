import LoaderCircle from 'lucide-solid/icons/loader-circle';
import { Match, Show, Switch } from 'solid-js';
import { Notice } from '../../components/Notice.tsx';
import { ProblemNotice } from '../../components/ProblemNotice.tsx';
import { createTick } from '../../components/tick.ts';
import { figure } from '../../i18n/figure.ts';
import { formatDuration, formatPercent } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { GrowthControl, GrowthState } from './growth-state.ts';

const TICK_MS = 500;

type StateOf<Type extends GrowthState['type']> = Extract<GrowthState, { readonly type: Type }>;

interface GrowthNoticeProps {
  readonly growth: GrowthControl;
  readonly nameOf: (containerId: string) => string;
  /** The button that was pressed goes: the focus has to be put elsewhere. */
  readonly onLeave: () => void;
}

/** What became of the last question for more of the lineage. */
export function GrowthNotice(props: GrowthNoticeProps) {
  const of = <Type extends GrowthState['type']>(type: Type): StateOf<Type> | undefined => {
    const state = props.growth.state();
    return state?.type === type ? (state as StateOf<Type>) : undefined;
  };
  const name = () => props.nameOf(props.growth.state()?.containerId ?? '');
  const dismiss = (): void => {
    props.growth.dismiss();
    props.onLeave();
  };
  return (
    <div class="shrink-0 border-b border-line px-2 py-1.5 empty:hidden" role="status">
      <Switch>
        <Match when={of('asking')}>
          {(asking) => (
            <Asking
              state={asking()}
              name={name()}
              onCancel={() => {
                props.growth.cancel();
                props.onLeave();
              }}
            />
          )}
        </Match>
        <Match when={of('grown')}>
          {(grown) => (
            <Notice tone="info" onDismiss={dismiss}>
              {grown().added === 0
                ? t('lineage.grownNone', { name: name() })
                : t('lineage.grown', { name: name(), count: figure(grown().added) })}
              <Show when={grown().truncated}> {t('lineage.grownCut')}</Show>
            </Notice>
          )}
        </Match>
        <Match when={of('too_large')}>
          {(found) => (
            <Notice tone="warn" onDismiss={dismiss}>
              {t('lineage.grownTooLarge', { name: name(), count: figure(found().nodes) })}
            </Notice>
          )}
        </Match>
        <Match when={of('cancelled')}>
          <Notice tone="info" onDismiss={dismiss}>
            {t('lineage.growthCancelled', { name: name() })}
          </Notice>
        </Match>
        <Match when={of('failed')}>
          {(failed) => (
            <ProblemNotice
              lead={t('lineage.growthFailed', { name: name() })}
              problem={failed().problem}
              action={{
                label: t('action.retry'),
                run() {
                  const { containerId, towards } = failed();
                  props.growth.ask({ containerId, towards });
                  props.onLeave();
                },
              }}
              onDismiss={dismiss}
            />
          )}
        </Match>
      </Switch>
    </div>
  );
}

function Asking(props: { readonly state: StateOf<'asking'>; readonly name: string; readonly onCancel: () => void }) {
  const nowMs = createTick(TICK_MS);
  const elapsed = () => formatDuration(Math.max(0, Math.floor((nowMs() - props.state.sinceMs) / 1000)), language());
  return (
    <div class="flex items-center gap-2">
      <LoaderCircle size={15} class="spin shrink-0 text-accent" aria-hidden="true" />
      <span class="min-w-0 wrap-break-word">
        {t('lineage.growing', { name: props.name })}
        <Show when={props.state.isOtherWanted}> {t('lineage.growOne')}</Show>
      </span>
      <span class="figure text-xs text-ink-2" aria-live="off">
        {props.state.percent === undefined ? elapsed() : formatPercent(props.state.percent, language())}
      </span>
      <button type="button" class="button ml-auto h-6 px-2 text-xs" onClick={() => props.onCancel()}>
        {t('lineage.cancelGrowth')}
      </button>
    </div>
  );
}
