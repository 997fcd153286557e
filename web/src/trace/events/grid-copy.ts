import { createSignal } from 'solid-js';
import type { Accessor } from 'solid-js';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import type { CopyRequest } from '../arrange/tab-separated.ts';
import { cellsOf, mostCopiedRows, rowsOf } from './cell-selection.ts';
import type { CellRange } from './cell-selection.ts';
import { labelOf } from './column-label.ts';
import { writeClipboard } from '../../components/clipboard.ts';

export interface GridCopy {
  /** What became of the last copy, as a sentence. */
  readonly told: Accessor<string>;
  copy(range: CellRange, columns: readonly string[]): Promise<void>;
  forget(): void;
}

/** Copies a range of cells under its headers; a single cell alone. What is too much is refused with a sentence. */
export function createGridCopy(read: (request: CopyRequest) => Promise<string>): GridCopy {
  const [told, setTold] = createSignal('');
  return {
    told,
    forget: () => setTold(''),
    async copy(range, shown) {
      const columns = shown.slice(range.left, range.right + 1);
      const rows = rowsOf(range);
      const figures = { rows: formatCount(rows, language()), columns: formatCount(columns.length, language()) };
      const most = mostCopiedRows(columns.length);
      if (rows > most) {
        setTold(t('grid.tooMuchToCopy', { ...figures, most: formatCount(most, language()) }));
        return;
      }
      const labels = cellsOf(range) === 1 ? undefined : columns.map(labelOf);
      setTold(t('grid.copying', figures));
      try {
        await writeClipboard(read({ from: range.top, count: rows, columns, labels }));
        setTold(t('grid.copied', figures));
      } catch {
        setTold(t('grid.copyFailed'));
      }
    },
  };
}
