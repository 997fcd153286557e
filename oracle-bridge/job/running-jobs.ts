import type { Slots } from '#protocol/bridge-message.ts';
import type { Lease } from '#protocol/lease.ts';
import type { KeptLease } from '../edge/lease-keeper.ts';
import type { SupervisedJob } from './supervise-job.ts';

interface RunningJob {
  readonly lease: Lease;
  readonly job: SupervisedJob;
}

/** The jobs this bridge holds, and the slots they take, lane by lane. */
export class RunningJobs {
  readonly #capacity: Slots;
  readonly #start: (kept: KeptLease) => SupervisedJob;
  readonly #onChange: () => void;
  readonly #jobs = new Set<RunningJob>();

  /** `onChange`: a slot was taken or got free. */
  constructor(capacity: Slots, start: (kept: KeptLease) => SupervisedJob, onChange: () => void) {
    this.#capacity = capacity;
    this.#start = start;
    this.#onChange = onChange;
  }

  get count(): number {
    return this.#jobs.size;
  }

  /** Slots without a job. Never negative, even if the edge gave more than was asked for. */
  free(): Slots {
    const taken = { interactive: 0, batch: 0 };
    for (const { lease } of this.#jobs) taken[lease.spec.lane]++;
    return {
      interactive: Math.max(0, this.#capacity.interactive - taken.interactive),
      batch: Math.max(0, this.#capacity.batch - taken.batch),
    };
  }

  /** The same lease again changes nothing; a newer one of the same job means that the older was lost. */
  add(kept: KeptLease): void {
    const { lease } = kept;
    for (const other of this.#jobs) {
      if (other.lease.job_id !== lease.job_id) continue;
      if (other.lease.epoch >= lease.epoch) return;
      other.job.stop('lost');
    }
    const running: RunningJob = { lease, job: this.#start(kept) };
    this.#jobs.add(running);
    void running.job.ended.finally(() => {
      this.#jobs.delete(running);
      this.#onChange();
    });
    this.#onChange();
  }

  /** The edge has ended the lease with this epoch. */
  cancel(jobId: string, epoch: number): void {
    for (const { lease, job } of this.#jobs) {
      if (lease.job_id === jobId && lease.epoch === epoch) job.stop('cancelled');
    }
  }

  /** Stops all jobs; another bridge goes on with them. */
  handBack(): void {
    for (const { job } of this.#jobs) job.stop('drained');
  }

  /** Resolves when no job is left. */
  async settled(): Promise<void> {
    while (this.#jobs.size > 0) await Promise.all([...this.#jobs].map(({ job }) => job.ended));
  }
}
