import { Index } from 'solid-js';
import type { JSX } from 'solid-js';

interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly face: () => JSX.Element }[];
  readonly onChange: (value: Value) => void;
}

/** A choice of a few, all in sight. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  return (
    <div role="group" aria-label={props.label} class="flex rounded border border-line bg-raised p-px">
      {/* By place: the options are other objects in another language, and the button that was pressed must stay. */}
      <Index each={props.options}>
        {(option) => (
          <button
            type="button"
            aria-pressed={props.value === option().value}
            aria-label={option().label}
            title={option().label}
            onClick={() => props.onChange(option().value)}
            class="flex h-6 min-w-7 items-center justify-center rounded-[3px] px-1.5 text-xs text-ink-3 hover:text-ink aria-pressed:bg-surface aria-pressed:font-medium aria-pressed:text-ink aria-pressed:shadow-[0_0_0_1px_var(--line-strong)]"
          >
            {option().face()}
          </button>
        )}
      </Index>
    </div>
  );
}
