import { createSignal } from 'solid-js';
import type { Accessor } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import type { TraceSession } from '../trace-session.ts';
import type { DomainView, LineageFace, ShownColumns, TimelineFace, ViewState } from '../address/view-state.ts';
import { FIRST_DOMAIN_VIEW, FIRST_VIEW, withDomainView } from '../address/view-state.ts';

/** How the result is looked at, and what the worker does for it. */
export interface ResultView {
  readonly state: Accessor<ViewState>;
  of(domain: Domain): DomainView;
  /** Takes the place of what was shown; behind the start of the run it belongs to. */
  show(state: ViewState): void;
  setTab(tab: string): void;
  setNode(containerId: string | undefined): void;
  setLineageFace(face: LineageFace): void;
  setTimelineFace(face: TimelineFace): void;
  setSpec(domain: Domain, spec: ArrangeSpec): void;
  setColumns(domain: Domain, columns: ShownColumns | undefined): void;
}

export function createResultView(session: TraceSession): ResultView {
  const [state, setState] = createSignal<ViewState>(FIRST_VIEW);
  return {
    state,
    of: (domain) => state().domains.get(domain) ?? FIRST_DOMAIN_VIEW,
    show(next) {
      setState(next);
      for (const [domain, { spec }] of next.domains) session.arrange(domain, spec);
    },
    setTab: (tab) => setState({ ...state(), tab }),
    setNode: (node) => setState({ ...state(), node }),
    setLineageFace: (lineageFace) => setState({ ...state(), lineageFace }),
    setTimelineFace: (timelineFace) => setState({ ...state(), timelineFace }),
    setSpec(domain, spec) {
      setState(withDomainView(state(), domain, { spec }));
      session.arrange(domain, spec);
    },
    setColumns: (domain, columns) => setState(withDomainView(state(), domain, { columns })),
  };
}
