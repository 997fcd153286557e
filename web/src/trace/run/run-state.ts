import type { JobStatus } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import type { Clock } from '../../stream/clock.ts';
import type { AgainState, CancelState, Stage, StageState, TraceSnapshot } from '../trace-snapshot.ts';
import { STAGES } from '../trace-snapshot.ts';

type Findings = Pick<TraceSnapshot, 'seeds' | 'lineage' | 'problem'>;
type Told = Findings & Pick<TraceSnapshot, 'stages' | 'startedAtMs' | 'endedAtMs' | 'ranMs' | 'again' | 'cancel'>;

/** How far a run is, and what it found and met on its way. Every change is told. */
export class RunState {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #stages: Record<Stage, StageState> = { seed_resolve: 'waiting', lineage: 'waiting', events: 'waiting' };
  #findings: Findings = { seeds: undefined, lineage: undefined, problem: undefined };
  #startedAtMs: number;
  #endedAtMs: number | undefined;
  #ranMs: number | undefined;
  #again: AgainState | undefined;
  #cancel: CancelState = 'none';

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
    this.#startedAtMs = clock.nowMs();
  }

  get findings(): Findings {
    return this.#findings;
  }

  get isOver(): boolean {
    return this.#endedAtMs !== undefined;
  }

  get again(): AgainState | undefined {
    return this.#again;
  }

  get cancel(): CancelState {
    return this.#cancel;
  }

  /** The stage that works now. */
  get active(): Stage | undefined {
    return STAGES.find((stage) => this.#stages[stage] === 'active');
  }

  stage(stage: Stage): StageState {
    return this.#stages[stage];
  }

  snapshot(): Told {
    return {
      stages: { ...this.#stages },
      startedAtMs: this.#startedAtMs,
      endedAtMs: this.#endedAtMs,
      ranMs: this.#ranMs,
      ...this.#findings,
      again: this.#again,
      cancel: this.#cancel,
    };
  }

  /** A run that has ended goes on, with a clock of its own. */
  begin(): void {
    this.#startedAtMs = this.#clock.nowMs();
    this.#ranMs = undefined;
    this.#endedAtMs = undefined;
    this.#cancel = 'none';
    this.tell({ problem: undefined });
  }

  /** Stages that nothing was done for were skipped. */
  end(): void {
    this.#endedAtMs = this.#clock.nowMs();
    for (const stage of STAGES) if (this.#stages[stage] === 'waiting') this.#stages[stage] = 'skipped';
    this.#changed();
  }

  tell(findings: Partial<Findings>): void {
    this.#findings = { ...this.#findings, ...findings };
    this.#changed();
  }

  /** Of a job that was opened. A clock that is behind the edge's must not see one of the future. */
  tellTimes(status: JobStatus): void {
    const createdAtMs = Date.parse(status.created_at);
    this.#startedAtMs = Math.min(createdAtMs, this.#startedAtMs);
    if (isTerminal(status.state) && status.ended_at !== undefined)
      this.#ranMs = Math.max(0, Date.parse(status.ended_at) - createdAtMs);
    this.#changed();
  }

  setStage(stage: Stage, state: StageState): void {
    this.#stages[stage] = state;
    this.#changed();
  }

  setAgain(state: AgainState | undefined): void {
    this.#again = state;
    this.#changed();
  }

  setCancel(state: CancelState): void {
    this.#cancel = state;
    this.#changed();
  }
}
