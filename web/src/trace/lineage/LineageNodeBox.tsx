import { Show } from 'solid-js';
import type { LineageNode } from '#protocol/trace.ts';
import { t } from '../../i18n/language.ts';
import type { PlacedNode } from './lineage-layout.ts';
import { BOX_PX } from './lineage-paths.ts';
import { nodeX, nodeY } from './lineage-view.ts';
import { shortenName } from './node-label.ts';
import { NodeShape } from './NodeShape.tsx';

const BOX_HEIGHT_PX = 22;
const MAX_LABEL_CELLS = 20;
/** Room that the knob takes from the label. */
const KNOB_CELLS = 2;

interface LineageNodeBoxProps {
  readonly id: string;
  readonly node: LineageNode;
  readonly placed: PlacedNode;
  readonly canToggle: boolean;
  readonly isExpanded: boolean;
  readonly hasLabel: boolean;
  readonly isFocused: boolean;
  readonly look: 'plain' | 'selected' | 'inSelection' | 'outside';
  readonly isMatch: boolean;
  readonly onSelect: () => void;
  readonly onToggle: () => void;
}

const BOX_LOOKS = {
  plain: 'fill-(--surface) stroke-(--line-strong)',
  selected: 'fill-(--accent-soft) stroke-(--accent)',
  inSelection: 'fill-(--accent-soft) stroke-(--line-strong)',
  outside: 'fill-(--surface) stroke-(--line)',
} as const;

/** One container: shape by type, name, and the knob that opens what is below it. */
export function LineageNodeBox(props: LineageNodeBoxProps) {
  const name = () => props.node.container_name ?? props.node.container_id;
  const label = () => shortenName(name(), MAX_LABEL_CELLS - (props.canToggle ? KNOB_CELLS : 0));
  const spoken = () =>
    [
      name(),
      t(`nodeType.${props.node.node_type}`),
      props.node.is_seed ? t('lineage.seed') : '',
      props.node.serials === undefined ? '' : t('lineage.serials', { serials: props.node.serials.join(' ') }),
    ]
      .filter(Boolean)
      .join(', ');
  return (
    <g
      id={props.id}
      role="treeitem"
      aria-label={spoken()}
      aria-level={props.placed.column + 1}
      aria-expanded={props.canToggle ? props.isExpanded : undefined}
      aria-selected={props.look === 'selected'}
      transform={`translate(${nodeX(props.placed)} ${nodeY(props.placed)})`}
      class="cursor-pointer"
      classList={{ 'opacity-65': props.look === 'outside' }}
      onClick={() => props.onSelect()}
    >
      <title>{`${spoken()}\n${props.node.container_id}${props.node.mfgorder_name === null ? '' : `\n${props.node.mfgorder_name}`}`}</title>
      <rect
        y={-BOX_HEIGHT_PX / 2}
        width={BOX_PX}
        height={BOX_HEIGHT_PX}
        rx="4"
        class={BOX_LOOKS[props.look]}
        stroke-width={props.look === 'selected' ? 1.75 : 1}
      />
      <Show when={props.isFocused || props.isMatch}>
        <rect
          x="-3"
          y={-BOX_HEIGHT_PX / 2 - 3}
          width={BOX_PX + 6}
          height={BOX_HEIGHT_PX + 6}
          rx="6"
          fill="none"
          stroke-width="2"
          class={props.isMatch ? 'stroke-(--warn)' : 'opacity-0 stroke-(--accent) group-focus-visible/tree:opacity-100'}
        />
      </Show>
      <g transform="translate(14 0)">
        <NodeShape type={props.node.node_type} />
      </g>
      <Show when={props.hasLabel}>
        <text x="27" y="4" class={`fill-(--ink) font-mono text-[11px] ${props.node.is_seed ? 'font-bold' : ''}`}>
          {label()}
        </text>
      </Show>
      <Show when={props.canToggle}>
        <Knob hidden={props.placed.hidden} isExpanded={props.isExpanded} onToggle={props.onToggle} />
      </Show>
    </g>
  );
}

function Knob(props: { readonly hidden: number; readonly isExpanded: boolean; readonly onToggle: () => void }) {
  const text = () => (props.isExpanded ? '−' : `+${props.hidden}`);
  const width = () => 10 + text().length * 6;
  return (
    <g
      transform={`translate(${BOX_PX - width() - 4} 0)`}
      onClick={(event) => {
        event.stopPropagation();
        props.onToggle();
      }}
    >
      <title>{props.isExpanded ? t('lineage.collapse') : t('lineage.expand', { count: props.hidden })}</title>
      <rect
        y="-7.5"
        width={width()}
        height="15"
        rx="7.5"
        class="fill-(--hover) stroke-(--line-strong) hover:stroke-(--accent)"
      />
      <text x={width() / 2} y="3.5" text-anchor="middle" class="fill-(--ink-2) text-[10px] font-semibold">
        {text()}
      </text>
    </g>
  );
}
