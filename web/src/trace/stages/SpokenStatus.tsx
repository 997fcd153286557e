import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { TraceSession } from '../trace-session.ts';
import { stageName } from './stage-name.ts';

/** What a screen reader says, apart from the progress bar: phases and each 10 %. */
export function SpokenStatus(props: {
  readonly session: TraceSession;
  /** The query is one of machines, not of lots. */
  readonly isOfMachines: boolean;
}) {
  const sentence = () => {
    const spoken = props.session.announcement();
    if (spoken === undefined) return '';
    if (spoken.type === 'percent') return t('announce.percent', { percent: formatCount(spoken.percent, language()) });
    if (spoken.type !== 'stage') return t(`announce.${spoken.type}`);
    return t('announce.stage', {
      stage: stageName(spoken.stage, props.isOfMachines),
      state: t(`stage.${spoken.state}`),
    });
  };
  return (
    <p role="status" aria-live="polite" class="sr-only">
      {sentence()}
    </p>
  );
}
