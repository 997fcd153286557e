import { Match, Switch } from 'solid-js';
import { Notice } from '../../components/Notice.tsx';
import { ProblemNotice } from '../../components/ProblemNotice.tsx';
import { ProgressBar } from '../../components/ProgressBar.tsx';
import { formatBytes, formatCount, formatPercent } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { ExportOutcome, ExportProgress } from './export-plan.ts';

/** How far an export is. */
export function ExportBar(props: { readonly progress: ExportProgress }) {
  return (
    <div>
      <ProgressBar
        label={t('export.progress')}
        percent={props.progress.percent}
        fill="bg-accent"
        class="h-1.5 bg-hover"
      />
      <p class="figure mt-1 text-xs text-ink-2">
        {t('export.written', {
          percent: formatPercent(props.progress.percent, language()),
          size: formatBytes(props.progress.bytes, language()),
        })}
      </p>
    </div>
  );
}

/** How an export ended. */
export function ExportOutcomeNotice(props: { readonly outcome: ExportOutcome }) {
  const saved = () => (props.outcome.type === 'saved' ? props.outcome : undefined);
  const failed = () => (props.outcome.type === 'failed' ? props.outcome : undefined);
  return (
    <div role="status">
      <Switch fallback={<Notice tone="info">{t('export.cancelled')}</Notice>}>
        <Match when={saved()}>
          {(ended) => (
            <Notice tone="info">
              {t('export.saved', {
                count: formatCount(ended().records, language()),
                size: formatBytes(ended().bytes, language()),
              })}
            </Notice>
          )}
        </Match>
        <Match when={failed()}>{(ended) => <ProblemNotice problem={ended().problem} />}</Match>
      </Switch>
    </div>
  );
}
