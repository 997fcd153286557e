import { createEffect, createSignal, on } from 'solid-js';
import type { Domain } from '#protocol/domain.ts';
import { NO_ARRANGEMENT } from '../arrange/arrange-spec.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import type { TraceSession } from '../trace-session.ts';

export interface Arrangements {
  of(domain: Domain): ArrangeSpec;
  set(domain: Domain, spec: ArrangeSpec): void;
}

/** How each domain is sorted and filtered. Another query begins with none. */
export function createArrangements(session: TraceSession): Arrangements {
  const [specs, setSpecs] = createSignal<Partial<Record<Domain, ArrangeSpec>>>({});
  createEffect(
    on(
      () => `${session.snapshot()?.run}/${session.snapshot()?.stream?.jobId}`,
      () => setSpecs({}),
      { defer: true },
    ),
  );
  return {
    of: (domain) => specs()[domain] ?? NO_ARRANGEMENT,
    set(domain, spec) {
      setSpecs({ ...specs(), [domain]: spec });
      session.arrange(domain, spec);
    },
  };
}
