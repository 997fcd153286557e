import { For, Show } from 'solid-js';
import { formatCount, formatScore } from '../i18n/format.ts';
import { language, t } from '../i18n/language.ts';
import { canMeasure, observableHere, VITALS, vitals } from './page-vitals.ts';
import type { Vital, VitalName } from './page-vitals.ts';

const LOOKS: Readonly<Record<Vital['rating'], string>> = {
  good: 'bg-ok-soft text-ok',
  'needs-improvement': 'bg-warn-soft text-warn',
  poor: 'bg-bad-soft text-bad',
};

/** How the page does on this machine; it stays here. */
export function VitalsCard() {
  const observable = observableHere();
  return (
    <div class="panel grid gap-2 p-4">
      <dl class="grid gap-x-4 gap-y-2 sm:grid-cols-3">
        <For each={VITALS}>
          {(name) => (
            <div class="min-w-0">
              <dt class="text-2xs text-ink-3">{t(`status.vital.${name}`)}</dt>
              <dd class="flex flex-wrap items-center gap-2">
                <Show
                  when={vitals()[name]}
                  fallback={t(canMeasure(name, observable) ? 'status.vital.notYet' : 'status.vital.never')}
                >
                  {(vital) => (
                    <>
                      <span class="figure">{valueOf(name, vital())}</span>
                      <span class={`rounded-full px-2 text-xs leading-5 font-medium ${LOOKS[vital().rating]}`}>
                        {t(`status.vital.${vital().rating}`)}
                      </span>
                    </>
                  )}
                </Show>
              </dd>
            </div>
          )}
        </For>
      </dl>
      <p class="text-xs text-ink-2">{t('status.vital.hint')}</p>
    </div>
  );
}

function valueOf(name: VitalName, { value }: Vital): string {
  return name === 'CLS' ? formatScore(value, language()) : `${formatCount(value, language())} ms`;
}
