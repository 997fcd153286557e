import { createSignal, Show } from 'solid-js';
import { Notice } from '../../components/Notice.tsx';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { listText } from '../../i18n/list-text.ts';
import type { TraceQuery } from '../trace-query.ts';
import type { SeedFindings } from '../trace-snapshot.ts';

/** Names that stand here; the list of what was found has all of them. */
const MAX_NAMES = 5;

interface NotFoundNoticeProps {
  readonly seeds: SeedFindings;
  readonly mode: TraceQuery['mode'] | undefined;
  /** Goes to the whole list. */
  readonly onShowList: () => void;
}

/** That some of what was asked for does not exist, before anybody reads the rest as all of it. */
export function NotFoundNotice(props: NotFoundNoticeProps) {
  const [isDismissed, setDismissed] = createSignal(false);
  const names = () => props.seeds.notFound;
  const text = () => {
    const named = listText(names().slice(0, MAX_NAMES));
    const values = {
      names: named,
      count: formatCount(names().length, language()),
      asked: formatCount(props.seeds.asked, language()),
      others: formatCount(names().length - MAX_NAMES, language()),
    };
    if (props.mode === 'date_range') return t('notFound.groups', values);
    return t(names().length > MAX_NAMES ? 'notFound.many' : 'notFound.few', values);
  };
  return (
    <Show when={names().length > 0 && !isDismissed()}>
      <Notice
        tone="warn"
        onDismiss={() => setDismissed(true)}
        actions={
          <Show when={names().length > MAX_NAMES}>
            <button type="button" class="button -my-1" onClick={() => props.onShowList()}>
              {t('notFound.showList')}
            </button>
          </Show>
        }
      >
        <span class="wrap-anywhere">{text()}</span>
      </Notice>
    </Show>
  );
}
