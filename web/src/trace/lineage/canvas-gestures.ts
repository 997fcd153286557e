import { pinchView } from './lineage-view.ts';
import type { Point, View } from './lineage-view.ts';

/** A press that moved less is a click. */
const DRAG_PX = 4;

interface GestureMeans {
  readonly view: () => View;
  readonly move: (view: View) => void;
  /** In the element's own pixels. */
  readonly pointOf: (event: PointerEvent) => Point;
  /** A finger that goes up or down scrolls the page. */
  readonly isPageScrolled: () => boolean;
}

type CanvasEvent = PointerEvent & { readonly currentTarget: Element };

export interface CanvasGestures {
  down(event: CanvasEvent): void;
  moved(event: CanvasEvent): void;
  ended(event: PointerEvent): void;
}

/** One pointer drags what is drawn, two fingers zoom it; a third does nothing. */
export function createCanvasGestures({ view, move, pointOf, isPageScrolled }: GestureMeans): CanvasGestures {
  /** Where the pointers are that are down, the first two of them. */
  const points = new Map<number, Point>();
  /** Since the last pointer came or went. */
  let begun: { readonly points: ReadonlyMap<number, Point>; readonly view: View } | undefined;
  let isDragged = false;

  const begin = (): void => void (begun = points.size === 0 ? undefined : { points: new Map(points), view: view() });
  const ended = ({ pointerId }: PointerEvent): void => {
    if (points.delete(pointerId)) begin();
  };
  const nextView = (isFinger: boolean): View | undefined => {
    if (begun === undefined) return undefined;
    const [from, otherFrom] = begun.points.values();
    const [to, otherTo] = points.values();
    if (from === undefined || to === undefined) return undefined;
    if (otherFrom !== undefined && otherTo !== undefined)
      return pinchView(begun.view, [from, otherFrom], [to, otherTo]);
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const isPages = isFinger && isPageScrolled() && Math.abs(dy) > Math.abs(dx);
    if (!isDragged && (isPages || Math.hypot(dx, dy) < DRAG_PX)) return undefined;
    return { ...begun.view, panX: begun.view.panX + dx, panY: begun.view.panY + dy };
  };
  return {
    down(event) {
      if (points.size === 2) return;
      if (points.size === 0) isDragged = false;
      points.set(event.pointerId, pointOf(event));
      begin();
    },
    moved(event) {
      if (!points.has(event.pointerId)) return;
      // It was let go where nobody heard of it.
      if (event.buttons === 0) return ended(event);
      points.set(event.pointerId, pointOf(event));
      const next = nextView(event.pointerType === 'touch');
      if (next === undefined) return;
      // From here on it is no click on what lies under it.
      isDragged = true;
      const { currentTarget, pointerId } = event;
      if (!currentTarget.hasPointerCapture(pointerId)) currentTarget.setPointerCapture(pointerId);
      move(next);
    },
    ended,
  };
}

/** Two fingers are the drawing's, wherever they go; one may scroll the page where nothing is there to be dragged. */
export function claimFingers(event: TouchEvent): void {
  if (event.touches.length > 1 && event.cancelable) event.preventDefault();
}
