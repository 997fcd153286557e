const WHEEL_ZOOM_PX = 400;

type DragEvent = PointerEvent & { readonly currentTarget: Element };

export interface TimeDrag {
  down(event: DragEvent): void;
  moved(event: PointerEvent): void;
  ended(event: PointerEvent): void;
}

/** One pointer moves the time; a second finger, or another button of the mouse, does nothing. */
export function createTimeDrag(pan: (byPx: number) => void): TimeDrag {
  let held: { readonly pointerId: number; readonly x: number } | undefined;
  return {
    down({ pointerId, isPrimary, button, clientX, currentTarget }) {
      if (!isPrimary || button !== 0) return;
      currentTarget.setPointerCapture(pointerId);
      held = { pointerId, x: clientX };
    },
    moved({ pointerId, buttons, clientX }) {
      if (held?.pointerId !== pointerId) return;
      const byPx = held.x - clientX;
      // Without a button it was let go where nobody heard of it: the row it began in may be gone.
      held = buttons === 0 ? undefined : { pointerId, x: clientX };
      if (held !== undefined) pan(byPx);
    },
    ended({ pointerId }) {
      if (held?.pointerId === pointerId) held = undefined;
    },
  };
}

export type WheelMeaning =
  | { readonly type: 'zoom'; readonly factor: number }
  | { readonly type: 'pan'; readonly byPx: number };

type WheelTurn = Pick<WheelEvent, 'deltaX' | 'deltaY' | 'shiftKey' | 'ctrlKey' | 'metaKey'>;

/**
 * What a turn of the wheel means for the time; `undefined`: it scrolls the tracks. A pinch comes as a wheel with Ctrl. With
 * Shift some systems turn the wheel sideways themselves, others do not.
 */
export function meaningOfWheel({ deltaX, deltaY, shiftKey, ctrlKey, metaKey }: WheelTurn): WheelMeaning | undefined {
  if (ctrlKey || metaKey) return { type: 'zoom', factor: Math.exp(-deltaY / WHEEL_ZOOM_PX) };
  if (shiftKey) return { type: 'pan', byPx: deltaX || deltaY };
  return Math.abs(deltaX) > Math.abs(deltaY) ? { type: 'pan', byPx: deltaX } : undefined;
}
