import type { Domain } from '#protocol/domain.ts';
import type { Lease } from '#protocol/lease.ts';
import type { EdgeClient } from '../edge/edge-client.ts';
import { followSignal } from '../wait.ts';
import type { WarehouseReader } from '../warehouse/warehouse.ts';
import { IdPages } from './id-pages.ts';
import type { DomainEnd, JobContext, JobOutput, OpenJob, RunKind } from './job-context.ts';
import { SmallOutput, mayCompleteAtOnce } from './small-output.ts';
import type { EncodeBatch, FinishableOutput, OutputOptions } from './streaming-output.ts';
import { StreamingOutput } from './streaming-output.ts';

export interface RunJobOptions {
  readonly lease: Lease;
  readonly client: EdgeClient;
  readonly warehouse: WarehouseReader;
  readonly runKind: RunKind;
  readonly encode: EncodeBatch;
  readonly uploads: number;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
  readonly noteFailure: JobContext['noteFailure'];
}

/**
 * Works off one lease, up to and with the edge's acceptance of the end.
 * @throws ProblemError, or whatever stopped the work.
 */
export async function runJob(options: RunJobOptions): Promise<void> {
  const { lease, client, warehouse, runKind, onPhase } = options;
  const { controller, release } = followSignal(options.signal);
  const { signal } = controller;
  let failure: { error: unknown } | undefined;
  const output = chooseOutput({
    ...options,
    signal,
    onFailure: (error) => {
      failure ??= { error };
      controller.abort(error);
    },
  });
  const ids = new IdPages(lease.spec.cid_count, (from, count) => client.readIds(lease, { from, count }, signal));
  const checked = new CheckedOutput(output);
  const job: OpenJob = {
    lease,
    warehouse,
    signal,
    readIds: (from, count) => ids.slice(from, count),
    output: checked,
    noteFailure: options.noteFailure,
  };
  try {
    onPhase(lease.spec.kind);
    await runKind(job);
    checked.assertEnded(lease);
    onPhase('finishing');
    await output.finish();
  } catch (error) {
    // An upload that failed has aborted the rest; what the rest then says is not the reason.
    throw failure ? failure.error : error;
  } finally {
    release();
    controller.abort();
  }
}

function chooseOutput(options: OutputOptions): FinishableOutput {
  return mayCompleteAtOnce(options.lease)
    ? new SmallOutput(options, () => performance.now())
    : new StreamingOutput(options);
}

/** Knows which domains have ended: a job that forgets one must not look finished. */
class CheckedOutput implements JobOutput {
  readonly #output: JobOutput;
  readonly #ended = new Set<Domain>();

  constructor(output: JobOutput) {
    this.#output = output;
  }

  writeBatch: JobOutput['writeBatch'] = (domain, batch) => this.#output.writeBatch(domain, batch);
  sealRange: JobOutput['sealRange'] = (domain, range) => this.#output.sealRange(domain, range);
  aggregate: JobOutput['aggregate'] = (data) => this.#output.aggregate(data);

  async endDomain(domain: Domain, end: DomainEnd): Promise<void> {
    await this.#output.endDomain(domain, end);
    this.#ended.add(domain);
  }

  assertEnded({ spec, resume }: Lease): void {
    const open = spec.domains.filter((domain) => !this.#ended.has(domain) && !resume[domain]?.ended);
    if (open.length > 0) throw new Error(`domains not ended: ${open.join(', ')}`);
  }
}
