import { createMemo, createSignal } from 'solid-js';
import type { Accessor } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import { textMeasure } from '../../components/text-width.ts';
import { labelOf } from './column-label.ts';
import { columnsInView, layOutColumns } from './column-layout.ts';
import type { ColumnLayout } from './column-layout.ts';
import type { ColumnTable } from './column-table.ts';
import { firstWidths, MIN_COLUMN_PX, SampledTexts } from './column-widths.ts';
import type { Span } from './grid-slots.ts';
import type { Cell } from '../trace-snapshot.ts';

interface GridColumnsParts {
  readonly domain: Accessor<Domain>;
  /** In the order of the cells of a row. */
  readonly columns: Accessor<readonly string[]>;
  readonly table: Pick<ColumnTable, 'shown' | 'pinned' | 'widthPx'>;
  /** Room for columns, and how far they are scrolled. */
  readonly viewPx: Accessor<number>;
  readonly leftPx: Accessor<number>;
}

/** The columns of a grid: where each stands, and which of them are on screen. */
export interface GridColumns {
  /** Where the cell of each column in sight is found in a row. */
  readonly places: Accessor<readonly number[]>;
  readonly widths: Accessor<readonly number[]>;
  readonly layout: Accessor<ColumnLayout>;
  /** The scrolling columns of which a part is seen. */
  readonly inView: Accessor<Span>;
  /** Widths follow from the texts of the first rows, as far as `rowOf` knows them; reactive in what it reads. */
  readonly sample: (rowOf: (index: number) => readonly Cell[] | undefined) => void;
}

export function createGridColumns({ domain, columns, table, viewPx, leftPx }: GridColumnsParts): GridColumns {
  const sampled = new SampledTexts();
  const [texts, setTexts] = createSignal<readonly number[]>([]);
  const firstPx = createMemo(() => firstWidths(columns().map(labelOf), texts(), textMeasure()));
  const places = createMemo(() => table.shown().map((column) => columns().indexOf(column)));
  const widths = createMemo(
    () => table.shown().map((column, at) => table.widthPx(column) ?? firstPx()[places()[at] ?? -1] ?? MIN_COLUMN_PX),
    [],
    { equals: (a, b) => a.length === b.length && a.every((width, index) => width === b[index]) },
  );
  const layout = createMemo(() => layOutColumns(widths(), table.pinned(), viewPx()));
  const inView = createMemo(
    () => columnsInView(layout(), leftPx(), viewPx()),
    { from: 0, to: 0 },
    { equals: (a, b) => a.from === b.from && a.to === b.to },
  );
  return {
    places,
    widths,
    layout,
    inView,
    sample: (rowOf) => void setTexts(sampled.measure(domain(), [...columns()], rowOf, textMeasure)),
  };
}
