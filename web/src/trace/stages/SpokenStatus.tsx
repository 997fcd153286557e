import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { TraceSession } from '../trace-session.ts';

/** What a screen reader says, apart from the progress bar: phases and each 10 %. */
export function SpokenStatus(props: { readonly session: TraceSession }) {
  const sentence = () => {
    const spoken = props.session.announcement();
    switch (spoken?.type) {
      case undefined:
        return '';
      case 'stage':
        return t('announce.stage', { stage: t(`stage.${spoken.stage}`), state: t(`stage.${spoken.state}`) });
      case 'percent':
        return t('announce.percent', { percent: formatCount(spoken.percent, language()) });
      case 'resuming':
        return t('announce.resuming');
      case 'resumed':
        return t('announce.resumed');
    }
  };
  return (
    <p role="status" aria-live="polite" class="sr-only">
      {sentence()}
    </p>
  );
}
