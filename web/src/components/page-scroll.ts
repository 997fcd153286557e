/** Whether the page itself scrolls, as it does where everything stands in one column. */
export function canPageScroll(): boolean {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight > clientHeight;
}

/** Brings an element to the top of the page, at once for those who want no motion. */
export function scrollPageTo(element: Element | undefined): void {
  if (!canPageScroll()) return;
  const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  element?.scrollIntoView({ behavior: isStill ? 'instant' : 'smooth', block: 'start' });
}
