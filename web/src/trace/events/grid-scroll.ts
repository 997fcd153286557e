import { createSignal } from 'solid-js';
import type { Accessor } from 'solid-js';
import { clampTop, isScaled, scrollAtTop, topAtScroll } from './scaled-scroll.ts';
import type { ScrollSpace } from './scaled-scroll.ts';

export interface GridScroll {
  /** Where the rows stand. */
  readonly topPx: Accessor<number>;
  readonly leftPx: Accessor<number>;
  moveTo(topPx: number): void;
  /** The element scrolled, by its bar, by touch, or by us. */
  scrolled(): void;
  /** In a scaled space the wheel moves the rows themselves, not the bar. */
  wheeled(event: WheelEvent): void;
}

/** A scroll position that we set comes back rounded to a device pixel. */
const ROUNDING_PX = 2;
const LINE_PX = 20;

/** Ties an element's scroll bar to a place in the rows. */
export function createGridScroll(element: Accessor<HTMLElement | undefined>, space: Accessor<ScrollSpace>): GridScroll {
  const [topPx, setTopPx] = createSignal(0);
  const [leftPx, setLeftPx] = createSignal(0);
  let ownScrollTop = 0;

  const moveTo = (wantedPx: number): void => {
    const top = clampTop(space(), wantedPx);
    setTopPx(top);
    const target = element();
    if (target === undefined) return;
    ownScrollTop = scrollAtTop(space(), top);
    target.scrollTop = ownScrollTop;
  };

  return {
    topPx,
    leftPx,
    moveTo,
    scrolled() {
      const target = element();
      if (target === undefined) return;
      setLeftPx(target.scrollLeft);
      if (Math.abs(target.scrollTop - ownScrollTop) < ROUNDING_PX && isScaled(space())) return;
      ownScrollTop = target.scrollTop;
      setTopPx(topAtScroll(space(), target.scrollTop));
    },
    wheeled(event) {
      if (!isScaled(space()) || event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
      event.preventDefault();
      const unitPx = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX;
      moveTo(topPx() + event.deltaY * unitPx);
      if (event.deltaX !== 0) element()?.scrollBy({ left: event.deltaX * unitPx });
    },
  };
}
