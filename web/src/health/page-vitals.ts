import { createRoot, createSignal } from 'solid-js';

/** How soon the page showed itself, how soon it answers, how still it stands. */
export const VITALS = ['LCP', 'INP', 'CLS'] as const;
export type VitalName = (typeof VITALS)[number];

export interface Vital {
  /** Milliseconds; of CLS a score without a unit. */
  readonly value: number;
  readonly rating: 'good' | 'needs-improvement' | 'poor';
}

export type Vitals = Readonly<Partial<Record<VitalName, Vital>>>;

/** The page has something better to do when it has just been opened; what happened until then is told afterwards. */
const START_DELAY_MS = 2000;

const [vitals, setVitals] = createRoot(() => createSignal<Vitals>({}));

/** What was measured since the page was loaded; a name is absent while there is nothing to tell. */
export { vitals };

/** Measures from now on, in this page alone: nothing is sent. The code is loaded when the page has been shown. */
export function measureVitals(): void {
  setTimeout(() => {
    // Without it the page is as good as before.
    loadVitals().catch(() => undefined);
  }, START_DELAY_MS);
}

async function loadVitals(): Promise<void> {
  const { onCLS, onINP, onLCP } = await import('web-vitals');
  onLCP(keep, { reportAllChanges: true });
  onINP(keep, { reportAllChanges: true });
  onCLS(keep, { reportAllChanges: true });
}

function keep({ name, value, rating }: Vital & { readonly name: string }): void {
  setVitals((before) => ({ ...before, [name]: { value, rating } }));
}

/** What a browser must be able to observe for each. */
const ENTRY_TYPES: Readonly<Record<VitalName, string>> = {
  LCP: 'largest-contentful-paint',
  INP: 'event',
  CLS: 'layout-shift',
};

/** What a browser tells of itself. */
export interface Observable {
  readonly entryTypes: readonly string[];
  /** It says which events belong to one click or key. */
  readonly hasInteractions: boolean;
}

export function observableHere(): Observable {
  return {
    entryTypes: PerformanceObserver.supportedEntryTypes,
    hasInteractions:
      // oxlint-disable-next-line browsers/supported -- It is looked for.
      typeof PerformanceEventTiming !== 'undefined' && 'interactionId' in PerformanceEventTiming.prototype,
  };
}

/** Browsers measure some of them, or none. */
export function canMeasure(name: VitalName, { entryTypes, hasInteractions }: Observable): boolean {
  return entryTypes.includes(ENTRY_TYPES[name]) && (name !== 'INP' || hasInteractions);
}
