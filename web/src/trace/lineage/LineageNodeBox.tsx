import { Show } from 'solid-js';
import type { Direction, LineageNode } from '#protocol/trace.ts';
import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import { nameOfNode } from '../shown-name.ts';
import type { PlacedNode } from './lineage-layout.ts';
import {
  KNOB_INSET_PX,
  knobText,
  knobWidthPx,
  LABEL_X_PX,
  nodeLabel,
  SEED_MARK,
  UNREAD_DASHES,
} from './lineage-looks.ts';
import { BOX_HEIGHT_PX, BOX_PX, nodeX, nodeY } from './lineage-view.ts';
import { NodeShape } from './NodeShape.tsx';

interface LineageNodeBoxProps {
  readonly id: string;
  readonly node: LineageNode;
  readonly placed: PlacedNode;
  /** Names of its parents besides the one that it stands below in the tree. */
  readonly otherParents: readonly string[];
  readonly canToggle: boolean;
  readonly isExpanded: boolean;
  /** Nodes behind it that are not drawn. */
  readonly hidden: number;
  readonly canGrowForward: boolean;
  readonly canGrowBackward: boolean;
  /** That has to wait for another answer. */
  readonly isGrowing: boolean;
  /** It came with a later question: its events are not in the trace. */
  readonly isUnread: boolean;
  readonly hasLabel: boolean;
  readonly isFocused: boolean;
  readonly look: 'plain' | 'selected' | 'inSelection' | 'outside';
  readonly isMatch: boolean;
  readonly onSelect: () => void;
  readonly onToggle: () => void;
  readonly onGrow: (towards: Direction) => void;
}

const BOX_LOOKS = {
  plain: 'fill-(--surface) stroke-(--line-strong)',
  selected: 'fill-(--accent-soft) stroke-(--accent)',
  inSelection: 'fill-(--accent-soft) stroke-(--line-strong)',
  outside: 'fill-(--surface) stroke-(--line)',
} as const;

/** One container: shape by type, name, and the knob that opens what is below it. */
export function LineageNodeBox(props: LineageNodeBoxProps) {
  const name = () => nameOfNode(props.node);
  const knob = () =>
    props.canToggle ? knobText(props.isExpanded, props.hidden) : props.canGrowForward ? GROW_TEXT : '';
  const growTitle = (key: 'lineage.growForward' | 'lineage.growBackward'): string => {
    const title = t(key, { name: name() });
    return props.isGrowing ? `${title}\n${t('lineage.growOne')}` : title;
  };
  const description = () =>
    [
      props.otherParents.length === 0 ? '' : t('lineage.alsoBelow', { names: props.otherParents.join(', ') }),
      props.canGrowBackward ? t('lineage.mayGoOnBackward') : '',
      props.canGrowForward ? t('lineage.mayGoOnForward') : '',
    ]
      .filter(Boolean)
      .join(', ');
  const spoken = () =>
    [
      name(),
      t(`nodeType.${props.node.node_type}`),
      props.node.is_seed ? t('lineage.seed') : '',
      props.isUnread ? t('lineage.later') : '',
      props.node.serials === undefined ? '' : t('lineage.serials', { serials: props.node.serials.join(' ') }),
    ]
      .filter(Boolean)
      .join(', ');
  return (
    <g
      id={props.id}
      role="treeitem"
      aria-label={spoken()}
      aria-level={props.placed.tree.level}
      aria-posinset={props.placed.tree.position}
      aria-setsize={props.placed.tree.setSize}
      aria-description={description() || undefined}
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
        stroke-dasharray={props.isUnread ? UNREAD_DASHES.join(' ') : undefined}
      />
      <Show when={props.node.is_seed}>
        <path data-seed d={SEED_MARK} class="fill-(--accent)" />
      </Show>
      <Show when={props.isMatch}>
        <Ring awayPx={3} class="stroke-(--warn)" />
      </Show>
      <Show when={props.isFocused}>
        <Ring awayPx={props.isMatch ? 5 : 3} class="opacity-0 stroke-(--accent) group-focus-visible/tree:opacity-100" />
      </Show>
      <g transform="translate(14 0)">
        <NodeShape type={props.node.node_type} />
      </g>
      <Show when={props.hasLabel}>
        <text
          x={LABEL_X_PX}
          y="4"
          class={`fill-(--ink) font-mono text-[11px] ${props.node.is_seed ? 'font-bold' : ''}`}
        >
          {nodeLabel(props.node, knob())}
        </text>
      </Show>
      <Show when={knob()}>
        {(text) => (
          <Knob
            text={text()}
            endPx={BOX_PX - KNOB_INSET_PX}
            isWaiting={!props.canToggle && props.isGrowing}
            title={props.canToggle ? knobTitle(props.isExpanded, props.hidden) : growTitle('lineage.growForward')}
            onPress={() => (props.canToggle ? props.onToggle() : props.onGrow('forward'))}
          />
        )}
      </Show>
      <Show when={props.canGrowBackward}>
        <Knob
          text={GROW_TEXT}
          endPx={-4}
          isWaiting={props.isGrowing}
          title={growTitle('lineage.growBackward')}
          onPress={() => props.onGrow('backward')}
        />
      </Show>
    </g>
  );
}

const GROW_TEXT = '…';

/** Around the box, so far away from it: what was found has one, what the keyboard is at another. */
function Ring(props: { readonly awayPx: number; readonly class: string }) {
  return (
    <rect
      x={-props.awayPx}
      y={-BOX_HEIGHT_PX / 2 - props.awayPx}
      width={BOX_PX + 2 * props.awayPx}
      height={BOX_HEIGHT_PX + 2 * props.awayPx}
      rx={3 + props.awayPx}
      fill="none"
      stroke-width="2"
      class={props.class}
    />
  );
}

function knobTitle(isExpanded: boolean, hidden: number): string {
  if (isExpanded) return t('lineage.collapse');
  return hidden === 0 ? t('lineage.held') : t('lineage.expand', { count: figure(hidden) });
}

interface KnobProps {
  readonly text: string;
  /** Where it ends, from the left edge of the box. */
  readonly endPx: number;
  readonly title: string;
  /** Pressed now it does not do what it says. */
  readonly isWaiting: boolean;
  readonly onPress: () => void;
}

function Knob(props: KnobProps) {
  return (
    <g
      data-knob={props.text}
      classList={{ 'opacity-50': props.isWaiting }}
      transform={`translate(${props.endPx - knobWidthPx(props.text)} 0)`}
      onClick={(event) => {
        event.stopPropagation();
        props.onPress();
      }}
    >
      <title>{props.title}</title>
      <rect
        y="-7.5"
        width={knobWidthPx(props.text)}
        height="15"
        rx="7.5"
        class={`stroke-(--line-strong) hover:stroke-(--accent) ${props.text === GROW_TEXT ? 'fill-(--surface)' : 'fill-(--hover)'}`}
        stroke-dasharray={props.text === GROW_TEXT ? '2 2' : undefined}
      />
      <text
        x={knobWidthPx(props.text) / 2}
        y="3.5"
        text-anchor="middle"
        class="fill-(--ink-2) text-[10px] font-semibold"
      >
        {props.text}
      </text>
    </g>
  );
}
