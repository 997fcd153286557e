import { createEffect, createMemo, createSignal, createUniqueId, For, on, Show } from 'solid-js';
import { createElementSize } from '../../components/element-size.ts';
import { t } from '../../i18n/language.ts';
import { createGridScroll } from '../events/grid-scroll.ts';
import { rowsAtTop, scrollHeightPx, topToReveal } from '../events/scaled-scroll.ts';
import { nameOfNode } from '../shown-name.ts';
import { EdgeSample } from './EdgeSample.tsx';
import type { LineageGraph, Link } from './lineage-graph.ts';
import { rowOfKey } from './relation-keys.ts';

/** As high as the classes of the rows and of the headings say. */
const ROW_PX = 26;
const HEADER_PX = 28;
const COLUMNS = ['parent', 'child', 'relation'] as const;

interface RelationsTableProps {
  readonly graph: LineageGraph;
  readonly links: readonly Link[];
  /** Shows a node in the tree. */
  readonly onGoTo: (place: number) => void;
}

/** The lineage in words, one row a relation. Only the rows on screen exist. */
export function RelationsTable(props: RelationsTableProps) {
  const id = createUniqueId();
  const { size, observe } = createElementSize();
  const [element, setElement] = createSignal<HTMLDivElement>();
  const [row, setRow] = createSignal(0);
  const viewPx = () => Math.max(0, size().height - HEADER_PX);
  const space = createMemo(() => ({ rows: props.links.length, rowPx: ROW_PX, viewPx: viewPx() }));
  const scroll = createGridScroll(element, space);
  createEffect(
    on(
      () => props.links,
      () => {
        setRow(0);
        scroll.moveTo(0);
      },
      { defer: true },
    ),
  );
  const shown = createMemo(() => {
    const { first, count } = rowsAtTop(space(), scroll.topPx());
    const seen = Array.from({ length: count }, (_, index) => first + index);
    // The row that the keys are at is named to whoever hears the table, also when it was scrolled away.
    return seen.includes(row()) ? seen : [...seen, row()];
  });
  const nameOf = (place: number | undefined): string => {
    const node = place === undefined ? undefined : props.graph.nodes[place];
    return node === undefined ? '' : nameOfNode(node);
  };
  const act = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const link = props.links[row()];
    const next = rowOfKey(event.key, row(), props.links.length, Math.floor(viewPx() / ROW_PX) - 1);
    if (next !== undefined) {
      setRow(next);
      scroll.moveTo(topToReveal(space(), scroll.topPx(), next));
    } else if (event.key === 'Enter' && link !== undefined) props.onGoTo(event.shiftKey ? link.from : link.to);
    else return;
    event.preventDefault();
  };
  return (
    <div class="absolute inset-0 bg-surface">
      <div
        ref={(node) => {
          setElement(node);
          observe(node);
          node.addEventListener('wheel', (event) => scroll.wheeled(event), { passive: false });
        }}
        role="grid"
        tabindex="0"
        aria-label={t('lineage.relations')}
        aria-description={t('lineage.relationsKeys')}
        aria-rowcount={props.links.length + 1}
        aria-colcount={COLUMNS.length}
        aria-activedescendant={props.links.length > 0 ? `${id}-${row()}` : undefined}
        class="group/grid absolute inset-0 overflow-y-auto outline-offset-[-2px]"
        onScroll={() => scroll.scrolled()}
        onKeyDown={act}
      >
        <div role="presentation" class="relative" style={{ height: `${HEADER_PX + scrollHeightPx(space())}px` }}>
          <div
            role="row"
            aria-rowindex={1}
            class="sticky top-0 z-10 grid h-7 grid-cols-[1fr_1fr_9rem] items-center border-b border-line-strong bg-raised text-xs font-semibold text-ink-2"
          >
            <For each={COLUMNS}>
              {(column) => (
                <span role="columnheader" class="truncate px-3">
                  {t(`lineage.${column}`)}
                </span>
              )}
            </For>
          </div>
          <div role="presentation" class="sticky top-7 overflow-clip" style={{ height: `${viewPx()}px` }}>
            <For each={shown()}>
              {(index) => (
                <Show when={props.links[index]}>
                  {(link) => (
                    <div
                      id={`${id}-${index}`}
                      role="row"
                      aria-rowindex={index + 2}
                      aria-selected={row() === index}
                      class="absolute inset-x-0 grid h-6.5 grid-cols-[1fr_1fr_9rem] items-center border-b border-line hover:bg-hover group-focus-visible/grid:aria-selected:bg-accent-soft"
                      style={{ transform: `translateY(${index * ROW_PX - scroll.topPx()}px)` }}
                      onClick={() => setRow(index)}
                    >
                      <NameCell name={nameOf(link().from)} onGoTo={() => props.onGoTo(link().from)} />
                      <NameCell name={nameOf(link().to)} onGoTo={() => props.onGoTo(link().to)} />
                      <span role="gridcell" class="flex min-w-0 items-center gap-2 px-3 text-xs">
                        <EdgeSample type={link().type} />
                        <span class="truncate">{t(`edgeType.${link().type}`)}</span>
                      </span>
                    </div>
                  )}
                </Show>
              )}
            </For>
          </div>
        </div>
      </div>
      <Show when={props.links.length === 0}>
        <p class="absolute inset-x-0 top-12 text-center text-ink-3">{t('lineage.noRelations')}</p>
      </Show>
    </div>
  );
}

/** A name that leads to its node; the keyboard gets there by its row. */
function NameCell(props: { readonly name: string; readonly onGoTo: () => void }) {
  return (
    <span role="gridcell" class="min-w-0 px-3">
      <button
        type="button"
        tabindex="-1"
        class="block max-w-full truncate font-mono text-xs hover:underline"
        title={props.name}
        onClick={() => props.onGoTo()}
      >
        {props.name}
      </button>
    </span>
  );
}
