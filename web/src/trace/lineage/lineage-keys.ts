import type { Direction } from '#protocol/trace.ts';
import type { LineageGraph } from './lineage-graph.ts';
import type { LineageLayout } from './lineage-layout.ts';

/** What a key means on the lineage. */
export type LineageAction =
  | { readonly type: 'focus'; readonly place: number }
  | { readonly type: 'grow'; readonly towards: Direction }
  | { readonly type: 'select' | 'toggle' | 'openBelow' | 'clear' | 'zoomIn' | 'zoomOut' | 'fit' };

/** What is drawn, and which of its nodes are open. */
export interface KeyGround {
  readonly graph: LineageGraph;
  readonly layout: LineageLayout;
  readonly expanded: ReadonlySet<number>;
}

function focus(next: number | undefined): LineageAction | undefined {
  return next === undefined ? undefined : { type: 'focus', place: next };
}

/** The action of a key with the focus on `place`; `undefined` for keys that are not the lineage's. */
export function actionOfKey(
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  place: number,
  { graph, layout, expanded }: KeyGround,
): LineageAction | undefined {
  const at = layout.nodes.findIndex((node) => node.place === place);
  const children = graph.children[place] ?? [];
  switch (key) {
    case 'ArrowDown':
      return focus(nextInColumn(layout, place, 1));
    case 'ArrowUp':
      return focus(nextInColumn(layout, place, -1));
    case 'ArrowRight':
      if (shiftKey) return { type: 'grow', towards: 'forward' };
      if (children.length > 0 && !expanded.has(place)) return { type: 'toggle' };
      return focus(children[0]?.to);
    case 'ArrowLeft':
      if (shiftKey) return { type: 'grow', towards: 'backward' };
      if (children.length > 0 && expanded.has(place)) return { type: 'toggle' };
      return focus(layout.byPlace.get(place)?.tree.parent);
    case 'Home':
      return focus(layout.nodes[0]?.place);
    case 'End':
      return focus(layout.nodes.at(-1)?.place);
    case 'PageDown':
      return focus((layout.nodes[at + 10] ?? layout.nodes.at(-1))?.place);
    case 'PageUp':
      return focus(layout.nodes[Math.max(0, at - 10)]?.place);
    case 'Enter':
      return { type: 'select' };
    case ' ':
      return { type: 'toggle' };
    case '*':
      return { type: 'openBelow' };
    case 'Escape':
      return { type: 'clear' };
    case '+':
    case '=':
      return { type: 'zoomIn' };
    case '-':
      return { type: 'zoomOut' };
    case '0':
      return { type: 'fit' };
    default:
      return undefined;
  }
}

/** The next node above or below in the same column, else the next in row order. */
function nextInColumn(layout: LineageLayout, place: number, step: 1 | -1): number | undefined {
  const at = layout.nodes.findIndex((node) => node.place === place);
  const column = layout.nodes[at]?.column;
  for (let index = at + step; index >= 0 && index < layout.nodes.length; index += step) {
    if (layout.nodes[index]?.column === column) return layout.nodes[index]?.place;
  }
  return layout.nodes[at + step]?.place;
}
