import { createSignal } from 'solid-js';
import type { Accessor } from 'solid-js';
import type { Direction } from '#protocol/trace.ts';
import type { GrowthOutcome, GrowthQuestion } from '../run/lineage-growth.ts';
import type { LineageGraphData } from '../trace-snapshot.ts';

/** What the person sees of the last question. */
export type GrowthState = GrowthQuestion &
  (
    | {
        readonly type: 'asking';
        readonly sinceMs: number;
        readonly percent: number | undefined;
        /** Another one was wanted meanwhile, which has to wait. */
        readonly isOtherWanted: boolean;
      }
    | { readonly type: 'grown'; readonly added: number; readonly truncated: boolean }
    | Exclude<GrowthOutcome, { readonly type: 'grown' }>
  );

export interface GrowthControl {
  /** Of the last question, until it is dismissed. */
  readonly state: Accessor<GrowthState | undefined>;
  /** Questions whose answers came whole. */
  readonly walked: Accessor<readonly GrowthQuestion[]>;
  /** Whether this was answered already: it is asked once. */
  isAnswered(containerId: string, towards: Direction): boolean;
  /** While another question is open, that is said; nothing is done when this one was answered. */
  ask(question: GrowthQuestion): void;
  cancel(): void;
  dismiss(): void;
  /** For another lineage. */
  reset(): void;
}

interface GrowthMeans {
  readonly ask: (question: GrowthQuestion, told: (percent: number) => void) => Promise<GrowthOutcome>;
  readonly cancel: () => void;
  /** Shows the lineage with what came, unless it is another one by then. */
  readonly grown: (graph: LineageGraphData, isCurrent: () => boolean) => Promise<void>;
}

/** The page's side of the questions for more of the lineage: one at a time, each answered once. */
export function createGrowthState(means: GrowthMeans): GrowthControl {
  const [state, setState] = createSignal<GrowthState>();
  const [walked, setWalked] = createSignal<readonly GrowthQuestion[]>([]);
  const [answered, setAnswered] = createSignal<ReadonlySet<string>>(new Set());
  let asked = 0;

  const isAnswered = (containerId: string, towards: Direction): boolean =>
    answered().has(keyOf({ containerId, towards }));

  const ask = async (question: GrowthQuestion): Promise<void> => {
    const open = state();
    if (open?.type === 'asking')
      return void setState({ ...open, isOtherWanted: open.isOtherWanted || keyOf(open) !== keyOf(question) });
    if (isAnswered(question.containerId, question.towards)) return;
    const number = ++asked;
    const isCurrent = (): boolean => number === asked;
    setState({ ...question, type: 'asking', sinceMs: Date.now(), percent: undefined, isOtherWanted: false });
    const outcome = await means
      .ask(question, (percent) => {
        const known = state();
        if (isCurrent() && known?.type === 'asking') setState({ ...known, percent });
      })
      .catch((): GrowthOutcome => ({ type: 'failed', problem: { code: 'PAGE_FAILED' } }));
    if (!isCurrent()) return;
    if (outcome.type !== 'grown') return void setState({ ...question, ...outcome });
    await means.grown(outcome.graph, isCurrent);
    if (!isCurrent()) return;
    const { added, truncated } = outcome;
    setAnswered(new Set([...answered(), keyOf(question)]));
    if (!truncated) setWalked([...walked(), question]);
    setState({ ...question, type: 'grown', added, truncated });
  };

  return {
    state,
    walked,
    isAnswered,
    ask: (question) => void ask(question),
    cancel: means.cancel,
    dismiss: () => state()?.type !== 'asking' && setState(undefined),
    reset() {
      asked++;
      setState(undefined);
      setAnswered(new Set<string>());
      setWalked([]);
    },
  };
}

function keyOf({ containerId, towards }: GrowthQuestion): string {
  return `${containerId} ${towards}`;
}
