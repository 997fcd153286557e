interface ProgressBarProps {
  readonly label: string;
  /** `undefined`: not known. */
  readonly percent: number | undefined;
  /** Colour of the part that is done. */
  readonly fill: string;
  /** Size and ground. */
  readonly class: string;
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
      <div
        class={`absolute inset-y-0 left-0 w-full origin-left ${props.fill}`}
        style={{ transform: `scaleX(${(props.percent ?? 0) / 100})` }}
      />
    </div>
  );
}
