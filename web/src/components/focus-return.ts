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
      if (before instanceof HTMLElement) before.focus();
    },
  };
}
