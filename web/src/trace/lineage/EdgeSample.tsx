import { EDGE_LOOKS } from './edge-looks.ts';
import type { EdgeType } from './lineage-graph.ts';
import { EDGE_CAPS } from './lineage-looks.ts';

/** A piece of an edge, beside the name of its type. */
export function EdgeSample(props: { readonly type: EdgeType }) {
  return (
    <svg width="28" height="6" class="shrink-0" aria-hidden="true">
      <path
        d="M0 3H28"
        fill="none"
        stroke-width="2"
        stroke-linecap={EDGE_CAPS[props.type]}
        stroke-dasharray={EDGE_LOOKS[props.type].dashes}
        class={EDGE_LOOKS[props.type].colour}
      />
    </svg>
  );
}
