interface SplitterProps {
  readonly label: string;
  /** Part of the room that the upper half has, in percent. */
  readonly percent: number;
  readonly onChange: (percent: number) => void;
}

const MIN_PERCENT = 15;
const MAX_PERCENT = 80;
const STEP_PERCENT = 4;

/** The bar between two halves: dragged, or moved with the arrow keys, Home and End. */
export function Splitter(props: SplitterProps) {
  const set = (percent: number): void => props.onChange(Math.min(MAX_PERCENT, Math.max(MIN_PERCENT, percent)));
  const drag = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const room = event.currentTarget.parentElement?.getBoundingClientRect();
    if (room === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    set(((event.clientY - room.top) / room.height) * 100);
  };
  return (
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label={props.label}
      aria-valuenow={Math.round(props.percent)}
      aria-valuemin={MIN_PERCENT}
      aria-valuemax={MAX_PERCENT}
      tabindex="0"
      class="group hidden h-2 shrink-0 cursor-row-resize touch-none items-center justify-center lg:flex"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={(event) => {
        const next = percentAfter(event.key, props.percent);
        if (next === undefined) return;
        // The page would scroll.
        event.preventDefault();
        set(next);
      }}
    >
      <span class="h-0.5 w-10 rounded bg-line-strong group-hover:bg-accent" />
    </div>
  );
}

function percentAfter(key: string, percent: number): number | undefined {
  if (key === 'ArrowUp') return percent - STEP_PERCENT;
  if (key === 'ArrowDown') return percent + STEP_PERCENT;
  if (key === 'Home') return MIN_PERCENT;
  return key === 'End' ? MAX_PERCENT : undefined;
}
