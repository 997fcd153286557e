import { For, Show } from 'solid-js';
import { Notice } from '../../components/Notice.tsx';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { cutSentence } from '../query/cut-sentence.ts';
import type { TraceSnapshot } from '../trace-snapshot.ts';

/** Sentences that stand here; the list of what was found has all of them. */
const MAX_SENTENCES = 3;

/** That less was traced than was asked for, and what to do about it. */
export function CutNotice(props: { readonly snapshot: Pick<TraceSnapshot, 'cuts' | 'seeds'> }) {
  const warnings = () => props.snapshot.seeds?.warnings ?? [];
  const others = () => warnings().length - MAX_SENTENCES;
  return (
    <>
      <Show when={props.snapshot.cuts.includes('lots')}>
        <Notice tone="warn">
          <Show when={warnings().length > 0} fallback={<p>{t('cut.lots')}</p>}>
            <For each={warnings().slice(0, MAX_SENTENCES)}>
              {(warning) => <p class="wrap-anywhere">{cutSentence(warning)}</p>}
            </For>
          </Show>
          <Show when={others() > 0}>
            <p>{t('cut.others', { count: formatCount(others(), language()) })}</p>
          </Show>
          <p class="text-ink-2">{t('cut.lotsHint')}</p>
        </Notice>
      </Show>
      <Show when={props.snapshot.cuts.includes('lineage')}>
        <Notice tone="warn">
          <p>{t('cut.lineage')}</p>
          <p class="text-ink-2">{t('cut.lineageHint')}</p>
        </Notice>
      </Show>
    </>
  );
}
