import { Show } from 'solid-js';

interface ProgressBarProps {
  readonly label: string;
  /** `undefined`: not known. */
  readonly percent: number | undefined;
  /** Colour of the part that is done. */
  readonly fill: string;
  /** Size and ground. */
  readonly class: string;
  /** It is on its way, however far that is. */
  readonly isBusy?: boolean;
}

/** A thin bar; its figure stands beside it. */
export function ProgressBar(props: ProgressBarProps) {
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={props.percent === undefined ? undefined : Math.floor(props.percent)}
      class={`relative overflow-hidden rounded ${props.class}`}
    >
      <Show
        when={props.isBusy !== true || props.percent !== undefined}
        fallback={<div class="skeleton absolute inset-0 rounded-none" />}
      >
        <div
          class={`absolute inset-y-0 left-0 w-full origin-left transition-transform duration-300 ${props.fill}`}
          style={{ transform: `scaleX(${(props.percent ?? 0) / 100})` }}
        />
      </Show>
    </div>
  );
}
