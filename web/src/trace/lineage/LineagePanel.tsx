import Network from 'lucide-solid/icons/network';
import { For, lazy, onMount, Show } from 'solid-js';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LoadedPart } from '../../components/LoadedPart.tsx';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import { emptyReason } from '../empty-reason.ts';
import type { ResultView } from '../events/result-view.ts';
import type { TraceSession } from '../trace-session.ts';

interface LineagePanelProps {
  readonly session: TraceSession;
  readonly view: ResultView;
}

/** Loaded behind the page's first paint, long before a lineage can be there. */
const LineageView = lazy(async () => ({ default: (await import('./LineageView.tsx')).LineageView }));

/** The lineage with its tools: drawn as soon as the second stage has ended. */
export function LineagePanel(props: LineagePanelProps) {
  onMount(() => void LineageView.preload().catch(() => undefined));
  const tooMany = () => {
    const lineage = props.session.snapshot()?.lineage;
    return lineage?.drawable === false ? lineage.nodes : undefined;
  };
  return (
    <Show when={tooMany() === undefined} fallback={<TooLarge nodes={tooMany() ?? 0} />}>
      <div class="panel flex h-full flex-col overflow-hidden">
        <Show when={props.session.graph()} fallback={<LineagePlaceholder session={props.session} />}>
          {(graph) => (
            <LoadedPart>
              <LineageView session={props.session} view={props.view} graph={graph()} />
            </LoadedPart>
          )}
        </Show>
      </div>
    </Show>
  );
}

/** One line, so that the events have the room. */
function TooLarge(props: { readonly nodes: number }) {
  return (
    <div class="panel flex items-center gap-2 px-3.5 py-1.5">
      <Network size={15} class="shrink-0 text-ink-3" aria-hidden="true" />
      <h2 class="panel-title">{t('lineage.title')}</h2>
      <p class="min-w-0 text-xs text-ink-2">{t('lineage.tooLarge', { count: figure(props.nodes) })}</p>
    </div>
  );
}

function LineagePlaceholder(props: { readonly session: TraceSession }) {
  const snapshot = () => props.session.snapshot();
  const text = () => {
    // A trace that ended before this stage has no job either.
    const isGone = snapshot()?.stages.lineage === 'skipped' && snapshot()?.stream !== undefined;
    const reason = snapshot()?.stages.lineage === 'failed' ? 'failed' : emptyReason(snapshot());
    return t(isGone ? 'lineage.gone' : `lineage.empty.${reason}`);
  };
  const isComing = () => {
    const stages = snapshot()?.stages;
    // What was found is on its way from the worker.
    if (snapshot()?.lineage?.drawable === true) return !props.session.hasFailed();
    return props.session.isRunning() && (stages?.lineage === 'active' || stages?.seed_resolve === 'active');
  };
  return (
    <Show when={isComing()} fallback={<EmptyState icon={Network} text={text()} />}>
      <div role="img" aria-label={t('lineage.skeleton')} class="flex h-full items-center gap-16 overflow-hidden px-10">
        <For each={[2, 3, 5, 4]}>
          {(count) => (
            <div class="grid gap-5">
              <For each={Array.from({ length: count }, (_, index) => index)}>
                {() => <div class="skeleton h-5.5 w-44" />}
              </For>
            </div>
          )}
        </For>
      </div>
    </Show>
  );
}
