interface FocusReturn {
  readonly onOpenAutoFocus: () => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/** For the content of a dialog that has no trigger of its own: the focus goes back to where it was before. */
export function createFocusReturn(): FocusReturn {
  let before: Element | null = null;
  return {
    onOpenAutoFocus() {
      before = document.activeElement;
    },
    onCloseAutoFocus(event) {
      event.preventDefault();
      if (before instanceof HTMLElement && before.isConnected && !before.matches(':disabled')) before.focus();
      else focusResults();
    },
  };
}

/** To the main part of the page, whichever page that is. */
export function focusResults(options?: FocusOptions): void {
  document.querySelector<HTMLElement>('#results')?.focus(options);
}

/** Behind a click after which its button may be gone or disabled: keys then go on from the main part, not from nowhere. */
export function returnLostFocus(): void {
  const { activeElement } = document;
  const isLost = activeElement === null || activeElement === document.body || activeElement.matches(':disabled');
  if (isLost) focusResults({ preventScroll: true });
}
