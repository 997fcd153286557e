import { Show } from 'solid-js';
import type { TraceQuery } from '../trace-query.ts';
import type { TraceSnapshot } from '../trace-snapshot.ts';
import { CutNotice } from './CutNotice.tsx';
import { NotFoundNotice } from './NotFoundNotice.tsx';

interface FindingNoticesProps {
  readonly snapshot: TraceSnapshot;
  readonly mode: TraceQuery['mode'] | undefined;
  readonly onShowNotFound: () => void;
}

/** Where a trace has less than was asked for. */
export function FindingNotices(props: FindingNoticesProps) {
  return (
    <>
      <Show when={(props.snapshot.seeds?.count ?? 0) > 0 && props.snapshot.run} keyed>
        <Show when={props.snapshot.seeds}>
          {(seeds) => <NotFoundNotice seeds={seeds()} mode={props.mode} onShowList={props.onShowNotFound} />}
        </Show>
      </Show>
      <CutNotice snapshot={props.snapshot} />
    </>
  );
}
