import { createSignal } from 'solid-js';
import type { Accessor } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { tabSeparated } from '../arrange/tab-separated.ts';
import type { CopiedRows, CopyRequest } from '../arrange/tab-separated.ts';
import { cellsOf, mostCopiedRows, rowsOf } from './cell-selection.ts';
import type { CellRange } from './cell-selection.ts';
import { labelOf } from './column-label.ts';
import { writeClipboard } from '../../components/clipboard.ts';

export interface GridCopy {
  /** What became of the last copy, as a sentence; reactive. */
  readonly told: Accessor<string>;
  copy(range: CellRange, columns: readonly string[]): Promise<void>;
  /** The headers alone. */
  copyHeaders(columns: readonly string[]): Promise<void>;
  forget(): void;
}

/** A sentence and its figures, which are put into words as the page speaks by then. */
interface Told {
  readonly key: 'copying' | 'copied' | 'copiedHeaders' | 'copyFailed' | 'tooMuchToCopy';
  readonly figures: Readonly<Record<string, number>>;
}

/** Copies a range of cells under its headers; a single cell alone. What is too much is refused with a sentence. */
export function createGridCopy(read: (request: CopyRequest) => Promise<CopiedRows>): GridCopy {
  const [last, setLast] = createSignal<Told>();
  const tell = (key: Told['key'], figures: Told['figures'] = {}): void => void setLast({ key, figures });
  return {
    told() {
      const told = last();
      if (told === undefined) return '';
      const figures = Object.entries(told.figures).map(([name, figure]) => [name, formatCount(figure, language())]);
      return t(`grid.${told.key}`, Object.fromEntries(figures));
    },
    forget: () => setLast(undefined),
    async copy(range, shown) {
      const columns = shown.slice(range.left, range.right + 1);
      const asked = { rows: rowsOf(range), columns: columns.length };
      const most = mostCopiedRows(columns.length);
      if (asked.rows > most) return tell('tooMuchToCopy', { ...asked, most });
      const labels = cellsOf(range) === 1 ? undefined : columns.map(labelOf);
      tell('copying', asked);
      const answer = read({ from: range.top, count: asked.rows, columns, labels });
      try {
        await writeClipboard(answer.then(({ text }) => text));
        tell('copied', { ...asked, rows: (await answer).rows });
      } catch {
        tell('copyFailed');
      }
    },
    async copyHeaders(columns) {
      try {
        await writeClipboard(Promise.resolve(tabSeparated(columns.map(labelOf))));
        tell('copiedHeaders', { columns: columns.length });
      } catch {
        tell('copyFailed');
      }
    },
  };
}
