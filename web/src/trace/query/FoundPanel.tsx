import Copy from 'lucide-solid/icons/copy';
import { For, Show } from 'solid-js';
import { CopyButton } from '../../components/CopyButton.tsx';
import { count } from '../../i18n/count.ts';
import { t } from '../../i18n/language.ts';
import type { TraceQuery } from '../trace-query.ts';
import type { SeedFindings, TraceSnapshot } from '../trace-snapshot.ts';
import { cutSentence } from './cut-sentence.ts';

function countIfKnown(value: number | undefined): string {
  return value === undefined ? t('progress.unknown') : count(value);
}

interface FoundPanelProps {
  readonly snapshot: TraceSnapshot;
  /** Of this trace, or remembered of the job that was opened. */
  readonly seeds: SeedFindings | undefined;
  readonly mode: TraceQuery['mode'] | undefined;
  /** How large the lineage is by now that is drawn: more of it may have been loaded. */
  readonly drawn: { readonly nodes: number; readonly edges: number } | undefined;
}

/** What the first two stages found, and above all what they did not. */
export function FoundPanel(props: FoundPanelProps) {
  const isOpened = () => props.snapshot.stages.seed_resolve === 'skipped';
  const isMachines = () => props.mode === 'machines' || props.snapshot.stream?.kind === 'query_tool';
  const lots = () => props.seeds?.count ?? props.snapshot.lineage?.seeds;
  const isCut = (pattern: string) =>
    props.seeds?.warnings.some((each) => each.code === 'PATTERN_CUT' && each.value === pattern) === true;
  return (
    <Show when={props.seeds !== undefined || isOpened()}>
      <section aria-label={t('found.title')} class="fade-in border-t border-line p-4">
        <dl class="grid grid-cols-3 gap-2">
          <Show
            when={!isMachines()}
            fallback={<Figure label={t('found.machines')} value={countIfKnown(props.seeds?.count)} />}
          >
            <Figure label={t('found.seeds')} value={countIfKnown(lots())} />
            <Figure
              label={t('found.nodes')}
              value={countIfKnown(props.drawn?.nodes ?? props.snapshot.lineage?.nodes)}
            />
            <Figure
              label={t('found.edges')}
              value={countIfKnown(props.drawn?.edges ?? props.snapshot.lineage?.edges)}
            />
          </Show>
        </dl>
        <Show when={props.seeds} fallback={<p class="mt-3 text-xs text-ink-2">{t('found.unknown')}</p>}>
          {(seeds) => (
            <>
              <Show when={seeds().notFound.length > 0}>
                <NotFound values={seeds().notFound} mode={props.mode} />
              </Show>
              <Show when={Object.keys(seeds().expansion).length > 0}>
                <h3 class="mt-3 text-xs font-medium text-ink-2">
                  {t(props.mode === 'date_range' ? 'found.groups' : 'found.expansion')}
                </h3>
                <ul class="mt-1 text-xs">
                  <For each={Object.entries(seeds().expansion)}>
                    {([pattern, matches]) => (
                      <li class="flex justify-between gap-2">
                        <span class="truncate font-mono" title={pattern}>
                          {pattern}
                        </span>
                        <span class="figure shrink-0 text-ink-2">
                          {isCut(pattern) ? t('found.firstOfMore', { count: count(matches) }) : count(matches)}
                        </span>
                      </li>
                    )}
                  </For>
                </ul>
              </Show>
            </>
          )}
        </Show>
        <Show when={(props.seeds?.warnings.length ?? 0) > 0 || props.snapshot.lineage?.truncated}>
          <h3 class="mt-3 text-xs font-medium text-ink-2">{t('found.warnings')}</h3>
          <ul class="mt-1 list-disc pl-4 text-xs text-ink-2">
            <For each={props.seeds?.warnings ?? []}>
              {(warning) => <li class="wrap-anywhere">{cutSentence(warning)}</li>}
            </For>
            <Show when={props.snapshot.lineage?.truncated}>
              <li>{t('cut.lineage')}</li>
            </Show>
          </ul>
        </Show>
      </section>
    </Show>
  );
}

function Figure(props: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt class="text-xs text-ink-3">{props.label}</dt>
      <dd class="figure text-[0.9375rem] font-semibold">{props.value}</dd>
    </div>
  );
}

interface NotFoundProps {
  readonly values: readonly string[];
  readonly mode: FoundPanelProps['mode'];
}

function NotFound(props: NotFoundProps) {
  const isDays = () => props.mode === 'date_range';
  return (
    <div id="not-found" tabindex="-1" class="mt-3 rounded border border-warn/40 bg-warn-soft p-2.5">
      <div class="flex items-center justify-between gap-2">
        <h3 class="text-xs font-semibold">
          {t(isDays() ? 'found.noLots' : 'found.notFound', { count: count(props.values.length) })}
        </h3>
        <CopyButton icon={Copy} label={t('found.copy')} text={() => props.values.join('\n')} class="-my-1.5" />
      </div>
      <ul class="mt-1 max-h-28 overflow-y-auto font-mono text-xs">
        <For each={props.values}>{(value) => <li class="wrap-anywhere">{value}</li>}</For>
      </ul>
      <p class="mt-1 text-xs text-ink-2">{t(isDays() ? 'end.noLotsHint' : 'found.notFoundHint')}</p>
    </div>
  );
}
