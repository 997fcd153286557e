import { lazy, Show } from 'solid-js';
import type { ComponentProps } from 'solid-js';
import { LoadedPart } from '../components/LoadedPart.tsx';

/** Few have left a trace. */
const LeftTraceList = lazy(async () => ({ default: (await import('./LeftTraceList.tsx')).LeftTraceList }));

/** Where the traces are told that were left. It is there before there is anything to say, so that it is spoken. */
export function LeftTraceNotices(props: ComponentProps<typeof LeftTraceList>) {
  return (
    <div role="status" aria-live="polite" class="grid shrink-0 gap-2 px-3 not-empty:pt-3">
      <Show when={props.traces.length > 0}>
        <LoadedPart>
          <LeftTraceList {...props} />
        </LoadedPart>
      </Show>
    </div>
  );
}
