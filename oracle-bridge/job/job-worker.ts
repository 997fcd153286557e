import type { Lease } from '#protocol/lease.ts';
import type { EdgeClient } from '../edge/edge-client.ts';
import type { Logger } from '../log.ts';
import type { BridgeConfig } from '../config.ts';
import type { StatementFile } from '../warehouse/sql/statement-file.ts';
import type { AskedLogins } from './asked-logins.ts';
import { AskedPermits } from './asked-permits.ts';
import type { RunKind } from './job-context.ts';
import { endOfError } from './job-end.ts';
import { collectGarbage, MemoryTrim } from './memory-trim.ts';
import { runJob } from './run-job.ts';
import type { EncodeBatch } from './streaming-output.ts';
import type { FromWorker, JobEnd, ToWorker } from './worker-message.ts';
import type { WarehouseHolder } from './warehouse-holder.ts';
import { WatchedReader } from './watched-reader.ts';

export interface JobWorkerDeps {
  readonly config: BridgeConfig;
  readonly client: EdgeClient;
  readonly warehouse: WarehouseHolder;
  /** What the warehouse logs in by. */
  readonly logins: AskedLogins;
  /** What the header of a statement says. */
  readonly fileOf: (statement: string) => Pick<StatementFile, 'slow' | 'timeoutSeconds'>;
  readonly runKindOf: (kind: Lease['spec']['kind']) => RunKind;
  readonly encode: EncodeBatch;
  readonly log: Logger;
  readonly send: (message: FromWorker) => void;
}

/** What runs in a thread or process for jobs: takes leases one at a time, works them off, and says how each ended. */
export class JobWorker {
  readonly #deps: JobWorkerDeps;
  readonly #permits: AskedPermits;
  readonly #trim: MemoryTrim;
  #abort: AbortController | undefined;

  constructor(deps: JobWorkerDeps) {
    this.#deps = deps;
    this.#permits = new AskedPermits(deps.send);
    this.#trim = new MemoryTrim({ collectGarbage, trimWarehouse: () => deps.warehouse.trimMemory() });
  }

  async start(): Promise<void> {
    const warehouse = await this.#deps.warehouse.warmUp();
    this.#deps.send({ type: 'ready', ...(warehouse === undefined ? {} : { warehouse }) });
  }

  /** Resolves when the message has been dealt with: `run` when the job has ended. */
  async handle(message: Exclude<ToWorker, { type: 'close' }>): Promise<void> {
    if (message.type === 'abort') return this.#abort?.abort();
    if (message.type === 'permit') return this.#permits.receive(message.id);
    if (message.type === 'login') return this.#deps.logins.receive(message.id, message.refusal);
    const abort = new AbortController();
    this.#abort = abort;
    await this.#trim.jobBegins();
    const end = await this.#work(message.lease, abort.signal);
    this.#abort = undefined;
    this.#deps.send({ type: 'ended', end });
    this.#trim.jobHasEnded();
  }

  async close(): Promise<void> {
    this.#abort?.abort();
    await this.#deps.warehouse.close();
    await this.#deps.client.close();
  }

  async #work(lease: Lease, signal: AbortSignal): Promise<JobEnd> {
    const { config, client, encode, fileOf, runKindOf, send } = this.#deps;
    const log = this.#deps.log.child({ job_id: lease.job_id, epoch: lease.epoch });
    let watched: WatchedReader | undefined;
    try {
      const warehouse = await this.#deps.warehouse.get();
      watched = new WatchedReader(
        warehouse.readerFor({ jobId: lease.job_id, kind: lease.spec.kind, moment: lease.moment }),
        {
          timeoutMs: config.statementTimeoutMs,
          signal,
          fileOf,
          permits: this.#permits,
          onError: (statement, error) => log.error({ err: error, statement }, 'a statement failed'),
        },
      );
      signal.throwIfAborted();
      await runJob({
        lease: limitBatches(lease, config.batchRecords),
        client,
        warehouse: watched,
        runKind: runKindOf(lease.spec.kind),
        encode,
        uploads: config.uploadConnections,
        signal,
        onPhase: (phase) => send({ type: 'phase', phase }),
        noteFailure: (domain, failure) => log.error({ err: failure, domain }, 'a domain failed'),
      });
      return { type: 'finished' };
    } catch (error) {
      const database = watched?.stoppedDatabase ?? 'not_running';
      const end = endOfError(error, { aborted: signal.aborted, database });
      if (end.type === 'failed') log.error({ err: error, code: end.code }, 'job failed');
      // Some troubles stay with what was opened: an invalidated instance, a file that was replaced.
      if (end.type === 'failed' && end.code === 'WAREHOUSE_UNAVAILABLE') await this.#deps.warehouse.close();
      return end;
    }
  }
}

/** The number of records of a chunk is the job's; this bridge may make smaller ones. */
function limitBatches(lease: Lease, batchRecords: number): Lease {
  const { spec } = lease;
  return { ...lease, spec: { ...spec, batch_records: Math.min(spec.batch_records, batchRecords) } };
}
