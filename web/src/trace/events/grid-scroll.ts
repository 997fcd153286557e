import { createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { Accessor } from 'solid-js';
import { clampTop, isScaled, scrollAtTop, topAtScroll, wheelUnitPx } from './scaled-scroll.ts';
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
  /** A pointer went down on the element or in it. */
  pressed(event: PointerEvent): void;
}

/** A scroll position that we set comes back rounded to a device pixel. */
const ROUNDING_PX = 2;
/** What may tell that a bar is let go. */
const RELEASES = ['pointerup', 'pointercancel', 'pointermove'] as const;

/** Ties an element's scroll bar to a place in the rows. */
export function createGridScroll(element: Accessor<HTMLElement | undefined>, space: Accessor<ScrollSpace>): GridScroll {
  const [topPx, setTopPx] = createSignal(0);
  const [leftPx, setLeftPx] = createSignal(0);
  let ownScrollTop = 0;
  /** Somebody holds the bar: it is where they want it. */
  let isHeld = false;

  const moveTo = (wantedPx: number): void => {
    const top = clampTop(space(), wantedPx);
    setTopPx(top);
    const target = element();
    if (target === undefined) return;
    ownScrollTop = scrollAtTop(space(), top);
    target.scrollTop = ownScrollTop;
  };
  // While rows arrive the bar's range grows: its place is put where the rows stand.
  const follow = (): void => {
    if (isScaled(space()) && !isHeld) moveTo(topPx());
  };
  createEffect(on(() => space().rows, follow));

  // Browsers do not all say when a bar is let go: the first move without a button does as well.
  const released = (event: PointerEvent): void => {
    if (event.type === 'pointermove' && event.buttons !== 0) return;
    isHeld = false;
    for (const type of RELEASES) window.removeEventListener(type, released);
    follow();
  };
  onCleanup(() => {
    for (const type of RELEASES) window.removeEventListener(type, released);
  });

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
      const unitPx = wheelUnitPx(event.deltaMode, space().viewPx);
      moveTo(topPx() + event.deltaY * unitPx);
      if (event.deltaX !== 0) element()?.scrollBy({ left: event.deltaX * unitPx });
    },
    pressed(event) {
      // The bar is the element itself; everything else is in it.
      if (event.target !== element() || isHeld) return;
      isHeld = true;
      for (const type of RELEASES) window.addEventListener(type, released);
    },
  };
}
