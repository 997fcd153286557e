import { For } from 'solid-js';
import { labelColumn } from '#protocol/column-labels.ts';
import { language, t } from '../../i18n/language.ts';

interface GridHeaderProps {
  readonly columns: readonly string[];
  /** Places of the columns on screen. */
  readonly shown: readonly number[];
  readonly edges: readonly number[];
  readonly gutterPx: number;
  readonly heightPx: number;
  /** `undefined`: back to the first width. */
  readonly onResize: (column: number, widthPx: number | undefined) => void;
}

export function GridHeader(props: GridHeaderProps) {
  const leftPx = (column: number): number => props.edges[column] ?? 0;
  const widthPx = (column: number): number => (props.edges[column + 1] ?? 0) - leftPx(column);
  return (
    <div
      role="row"
      aria-rowindex={1}
      class="sticky top-0 z-20 border-b border-line-strong bg-raised"
      style={{ height: `${props.heightPx}px` }}
    >
      <div class="sticky left-0 z-10 h-full border-r border-line bg-raised" style={{ width: `${props.gutterPx}px` }} />
      <For each={props.shown}>
        {(column) => {
          const name = () => props.columns[column] ?? '';
          const label = () => labelColumn(name(), language());
          return (
            <div
              role="columnheader"
              aria-colindex={column + 1}
              title={label() === name() ? name() : `${label()} · ${name()}`}
              class="absolute top-0 flex h-full items-center px-2.5 text-xs font-semibold text-ink-2"
              style={{ left: `${props.gutterPx + leftPx(column)}px`, width: `${widthPx(column)}px` }}
            >
              <span class="truncate">{label()}</span>
              <ResizeHandle
                title={t('events.resize', { column: label() })}
                widthPx={widthPx(column)}
                onResize={(width) => props.onResize(column, width)}
              />
            </div>
          );
        }}
      </For>
    </div>
  );
}

interface ResizeHandleProps {
  readonly title: string;
  readonly widthPx: number;
  readonly onResize: (widthPx: number | undefined) => void;
}

function ResizeHandle(props: ResizeHandleProps) {
  let from: { readonly x: number; readonly widthPx: number } | undefined;
  return (
    <div
      title={props.title}
      class="group absolute inset-y-0 -right-1 z-10 flex w-2.5 cursor-col-resize touch-none items-center justify-center"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from = { x: event.clientX, widthPx: props.widthPx };
      }}
      onPointerMove={(event) => {
        if (from !== undefined) props.onResize(from.widthPx + event.clientX - from.x);
      }}
      onPointerUp={() => (from = undefined)}
      onPointerCancel={() => (from = undefined)}
      onDblClick={() => props.onResize(undefined)}
    >
      <span class="h-4 w-px bg-line-strong group-hover:h-full group-hover:w-0.5 group-hover:bg-accent" />
    </div>
  );
}
