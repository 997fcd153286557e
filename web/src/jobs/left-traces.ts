import type { JobState, JobSummary } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import type { ClientProblem } from '../stream/client-problem.ts';
import { ClientProblemError } from '../stream/client-problem.ts';
import type { Clock } from '../stream/clock.ts';
import type { LeftRun } from '../trace/run/left-run.ts';
import type { SeedFindings } from '../trace/trace-snapshot.ts';
import type { ResultState } from '../trace/address/url-state.ts';
import { FIRST_VIEW } from '../trace/address/view-state.ts';

/** How a trace goes on that nobody looks at. */
export type LeftState =
  /** Its lots and their lineage are looked for: it is no job yet. */
  | { readonly type: 'starting' }
  | { readonly type: 'running' }
  | { readonly type: 'over'; readonly state: JobState }
  | { readonly type: 'nothing' }
  | { readonly type: 'failed'; readonly problem: ClientProblem }
  | { readonly type: 'stopped' };

export interface LeftTrace {
  readonly id: number;
  readonly view: ResultState;
  readonly state: LeftState;
}

export interface LeftTracesParts {
  readonly clock: Clock;
  /** @throws ClientProblemError */
  readonly getStatus: (jobId: string) => Promise<JobSummary>;
  /** What this browser knows of a job. */
  readonly viewOf: (jobId: string) => ResultState;
  /** A trace that was no job has become one. */
  readonly accepted: (view: ResultState, seeds: SeedFindings | undefined) => void;
  /** A job that was under way has ended. */
  readonly ended: (job: JobSummary) => void;
  readonly changed: () => void;
}

/** Jobs of this browser that are watched at once; the oldest is watched no longer for one more. */
export const MAX_WATCHED = 8;
/** Between two looks at what runs. */
export const WATCH_POLL_MS = 20_000;
/** Jobs asked for at one look: the edge counts such calls. */
export const MAX_LOOKS = 4;
/** Traces that there is something to say of, the newest ones. */
export const MAX_TOLD = 3;

interface Watched {
  view: ResultState;
  state: LeftState;
  /** Known to have been under way when it was left: of a job that had ended there is nothing to say. */
  isSeen: boolean;
  isSilent: boolean;
  lookedAtMs: number;
}

/**
 * The traces that this browser has begun and nobody looks at: left on the trace page, or found among the jobs. Each is
 * watched until it ends, is opened, or is sent away.
 */
export class LeftTraces {
  readonly #parts: LeftTracesParts;
  readonly #watched = new Map<number, Watched>();
  #ids = 0;
  #callOff: (() => void) | undefined;
  #shown: string | undefined;

  constructor(parts: LeftTracesParts) {
    this.#parts = parts;
  }

  /** What there is to say, oldest first. */
  get told(): LeftTrace[] {
    return [...this.#watched]
      .filter(([, { isSeen, isSilent }]) => isSeen && !isSilent)
      .map(([id, { view, state }]) => ({ id, view, state }))
      .slice(-MAX_TOLD);
  }

  /** Never rejects. */
  async add(run: LeftRun): Promise<void> {
    const { jobId, query } = run;
    if (jobId !== undefined) this.#forget(jobId);
    if (jobId === this.#shown) this.#shown = undefined;
    const view = { query, jobId, lineageJobId: undefined, grownJobIds: [], view: FIRST_VIEW };
    const id = this.#add({ view, state: { type: 'starting' }, isSeen: jobId === undefined });
    const outcome = await run.outcome.catch((thrown: unknown) => {
      return { type: 'failed', problem: ClientProblemError.from(thrown).problem } as const;
    });
    const watched = this.#watched.get(id);
    if (outcome.type !== 'job') {
      if (watched === undefined) return;
      watched.state = outcome;
      // That it does not go on after all is said also to those who wanted to hear no more of it.
      watched.isSilent = false;
      if (!watched.isSeen) this.#watched.delete(id);
      return this.#parts.changed();
    }
    const known = this.#parts.viewOf(outcome.jobId);
    const whole = {
      ...known,
      query: query ?? known.query,
      lineageJobId: outcome.lineageJobId ?? known.lineageJobId,
      grownJobIds: outcome.lineageJobId === undefined ? known.grownJobIds : outcome.grownJobIds,
      ...(outcome.cuts.length === 0 ? {} : { cuts: outcome.cuts }),
    };
    // Also of one that was sent away: it is among the jobs.
    if (jobId === undefined) this.#parts.accepted(whole, outcome.seeds);
    if (watched === undefined) return;
    // The same query was asked again meanwhile, and has become the same job.
    if (outcome.jobId === this.#shown) return this.#forget(outcome.jobId, id);
    watched.view = whole;
    watched.state = { type: 'running' };
    await this.#look(id, watched);
  }

  /** What a list of jobs says. Those that run and that this browser has begun are watched from now on. */
  heard(jobs: readonly JobSummary[]): void {
    for (const job of jobs) {
      const known = [...this.#watched].find(([, { view }]) => view.jobId === job.job_id);
      if (known !== undefined) this.#settle(...known, job);
      else if (!isTerminal(job.state)) {
        const view = this.#parts.viewOf(job.job_id);
        if (view.query === undefined) continue;
        this.#add({ view, state: { type: 'running' }, isSeen: true, isSilent: true });
      }
    }
    this.#schedule();
  }

  /** The job that is looked at by itself from now on; `undefined`: none is. */
  shows(jobId: string | undefined): void {
    this.#shown = jobId;
    if (jobId !== undefined) this.#forget(jobId);
  }

  /** Says no more of it; what goes on is watched all the same. */
  dismiss(id: number): void {
    const watched = this.#watched.get(id);
    if (watched?.state.type === 'running' || watched?.state.type === 'starting') watched.isSilent = true;
    else this.#watched.delete(id);
    this.#parts.changed();
  }

  /** `self`: watched for this job, though its view does not say so yet. */
  #forget(jobId: string, self?: number): void {
    for (const [id, { view }] of this.#watched) if (id === self || view.jobId === jobId) this.#watched.delete(id);
    this.#parts.changed();
  }

  #add(first: Pick<Watched, 'view' | 'state' | 'isSeen'> & { readonly isSilent?: boolean }): number {
    const id = ++this.#ids;
    this.#watched.set(id, { isSilent: false, ...first, lookedAtMs: this.#parts.clock.nowMs() });
    for (const oldest of [...this.#watched.keys()].slice(0, -MAX_WATCHED)) this.#watched.delete(oldest);
    this.#parts.changed();
    return id;
  }

  async #look(id: number, watched: Watched): Promise<void> {
    const { jobId } = watched.view;
    if (jobId === undefined) return;
    watched.lookedAtMs = this.#parts.clock.nowMs();
    try {
      this.#settle(id, watched, await this.#parts.getStatus(jobId));
    } catch (thrown) {
      const { status } = ClientProblemError.from(thrown).problem;
      // The edge does not know it, or says that it belongs to others. Anything else is the way there.
      if (status === 404 || status === 410 || status === 403) this.#watched.delete(id);
      else watched.isSeen = true;
      this.#parts.changed();
    }
    this.#schedule();
  }

  #settle(id: number, watched: Watched, job: JobSummary): void {
    if (!this.#watched.has(id) || watched.state.type !== 'running') return;
    watched.lookedAtMs = this.#parts.clock.nowMs();
    if (isTerminal(job.state)) {
      watched.state = { type: 'over', state: shownState(job) };
      if (watched.isSeen) this.#parts.ended(job);
      if (!watched.isSeen || watched.isSilent || job.state === 'cancelled') this.#watched.delete(id);
    } else watched.isSeen = true;
    this.#parts.changed();
  }

  #schedule(): void {
    const hasRunning = [...this.#watched.values()].some(({ state }) => state.type === 'running');
    if (!hasRunning || this.#callOff !== undefined) return;
    this.#callOff = this.#parts.clock.after(WATCH_POLL_MS, () => {
      this.#callOff = undefined;
      const dueMs = this.#parts.clock.nowMs() - WATCH_POLL_MS;
      const due = [...this.#watched].filter(
        ([, { state, lookedAtMs }]) => state.type === 'running' && lookedAtMs <= dueMs,
      );
      for (const each of due.sort(([, a], [, b]) => a.lookedAtMs - b.lookedAtMs).slice(0, MAX_LOOKS))
        void this.#look(...each);
      if (due.length === 0) this.#schedule();
    });
  }
}

/** A job that was cut off at a limit has succeeded; whoever hears of its end has to know that it is not all. */
function shownState({ state, quality }: Pick<JobSummary, 'state' | 'quality'>): JobState {
  return state === 'succeeded' && (quality?.status ?? 'complete') !== 'complete' ? 'partial' : state;
}
