/** A finger, or a mouse, on the drawing. */
type Pointer = Pick<PointerEvent, 'pointerId' | 'pointerType' | 'clientY'>;

/**
 * The fingers on a drawing that takes one of them to be moved by: two move the page. The browser would do that itself only
 * where it moves nothing else.
 */
export class TouchScroll {
  readonly #heights = new Map<number, number>();

  /** @returns whether the page is moved from now on, not the drawing. */
  down({ pointerId, pointerType, clientY }: Pointer): boolean {
    if (pointerType === 'touch') this.#heights.set(pointerId, clientY);
    return this.#heights.size > 1;
  }

  /** @returns by how much the page goes down, in CSS pixels; `undefined` while the drawing is moved. */
  move({ pointerId, clientY }: Pointer): number | undefined {
    const before = this.#heights.get(pointerId);
    if (before === undefined || this.#heights.size < 2) return undefined;
    this.#heights.set(pointerId, clientY);
    return (before - clientY) / this.#heights.size;
  }

  up({ pointerId }: Pointer): void {
    this.#heights.delete(pointerId);
  }
}
