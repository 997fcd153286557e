import { createSignal, onCleanup } from 'solid-js';
import type { Accessor } from 'solid-js';

export interface ElementSize {
  readonly width: number;
  readonly height: number;
}

/** The inner size of an element as it changes: give `observe` as its `ref`. */
export function createElementSize(): {
  readonly size: Accessor<ElementSize>;
  readonly observe: (element: Element) => void;
} {
  const [size, setSize] = createSignal<ElementSize>({ width: 0, height: 0 });
  const observer = new ResizeObserver(([entry]) => {
    if (entry !== undefined) setSize({ width: entry.target.clientWidth, height: entry.target.clientHeight });
  });
  onCleanup(() => observer.disconnect());
  return { size, observe: (element) => observer.observe(element) };
}
