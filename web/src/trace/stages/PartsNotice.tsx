import { For, Show } from 'solid-js';
import { Notice } from '../../components/Notice.tsx';
import { opensElsewhere } from '../../components/opens-elsewhere.ts';
import { ProblemNotice } from '../../components/ProblemNotice.tsx';
import { createWaitSeconds } from '../../components/wait-seconds.ts';
import { formatCount, formatDuration } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { PartsSnapshot, TracePart } from '../part-list.ts';

interface PartsNoticeProps {
  readonly parts: PartsSnapshot;
  /** The job that is shown. */
  readonly jobId: string | undefined;
  /** The address of a part without its query, for another tab. */
  readonly hrefOf: (part: TracePart) => string;
  readonly onOpen: (part: TracePart) => void;
  /** Asks for the parts that were not asked for; `undefined` where the query is not known. */
  readonly onPostRest: (() => void) | undefined;
}

/** That a trace is read by several jobs, where each of them is, and what became of those that are not asked for yet. */
export function PartsNotice(props: PartsNoticeProps) {
  const waitSeconds = createWaitSeconds(() => props.parts.problem);
  const goOn = () => {
    const run = props.parts.posting === 'stopped' ? props.onPostRest : undefined;
    return run === undefined ? undefined : { label: t('parts.goOn'), run };
  };
  const stoppedBy = () => (props.parts.posting === 'stopped' ? props.parts.problem : undefined);
  return (
    <>
      <Notice
        tone="info"
        actions={
          <Show when={stoppedBy() === undefined && goOn()}>
            {(action) => (
              <button type="button" class="button -my-1" onClick={() => action().run()}>
                {action().label}
              </button>
            )}
          </Show>
        }
      >
        <p>{t('parts.told', { count: formatCount(props.parts.parts.length, language()) })}</p>
        <ol class="mt-1 flex flex-wrap gap-x-4 gap-y-1">
          <For each={props.parts.parts}>
            {(part, index) => (
              <li>
                <Part
                  part={part}
                  at={index() + 1}
                  isShown={part.jobId !== undefined && part.jobId === props.jobId}
                  href={props.hrefOf(part)}
                  onOpen={() => props.onOpen(part)}
                />
              </li>
            )}
          </For>
        </ol>
        <Show when={props.parts.posting === 'waiting'}>
          <p class="text-ink-2" aria-live="off">
            {t('parts.waits', { wait: formatDuration(waitSeconds(), language()) })}
          </p>
        </Show>
      </Notice>
      <Show when={stoppedBy()}>{(problem) => <ProblemNotice problem={problem()} action={goOn()} />}</Show>
    </>
  );
}

function Part(props: {
  readonly part: TracePart;
  readonly at: number;
  readonly isShown: boolean;
  readonly href: string;
  readonly onOpen: () => void;
}) {
  const at = () => formatCount(props.at, language());
  const text = () =>
    t('parts.part', { at: at(), count: formatCount(props.part.range.to - props.part.range.from, language()) });
  return (
    <Show when={props.part.jobId} fallback={<span class="text-ink-2">{t('parts.unposted', { at: at() })}</span>}>
      <Show when={!props.isShown} fallback={<strong aria-current="page">{text()}</strong>}>
        <a
          href={props.href}
          class="text-accent underline underline-offset-2"
          onClick={(event) => {
            // In another tab it is opened by its jobs alone.
            if (opensElsewhere(event)) return;
            event.preventDefault();
            props.onOpen();
          }}
        >
          {text()}
        </a>
      </Show>
    </Show>
  );
}
