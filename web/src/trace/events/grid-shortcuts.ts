import { createKeybindingsHandler } from 'tinykeys';

export interface GridShortcuts {
  readonly copy: () => void;
  readonly selectAll: () => void;
  readonly clearSelection: () => void;
  readonly sort: () => void;
  readonly openMenu: () => void;
  readonly resize: (step: -1 | 1) => void;
  readonly shift: (step: -1 | 1) => void;
}

function own(work: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    event.preventDefault();
    work();
  };
}

/** The keys of the grid besides those that move the active cell. */
export function shortcutHandler(does: GridShortcuts): (event: KeyboardEvent) => void {
  return createKeybindingsHandler({
    '$mod+c': own(() => does.copy()),
    '$mod+a': own(() => does.selectAll()),
    Escape: () => does.clearSelection(),
    Enter: own(() => does.sort()),
    'Alt+ArrowDown': own(() => does.openMenu()),
    'Alt+ArrowLeft': own(() => does.resize(-1)),
    'Alt+ArrowRight': own(() => does.resize(1)),
    'Alt+Shift+ArrowLeft': own(() => does.shift(-1)),
    'Alt+Shift+ArrowRight': own(() => does.shift(1)),
  });
}
