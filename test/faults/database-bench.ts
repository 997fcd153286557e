import type { RecordTally } from '../helpers/record-tally.ts';
import { sampleFile } from '../helpers/sample-file.ts';
import { DatabaseSide } from './database-side.ts';
import type { BenchParts } from './fault-bench.ts';
import { closeParts, FaultBench, openParts, readUndisturbed } from './fault-bench.ts';

/** The server of the bench keeps a copy of all tables in memory. */
const CONTAINERS = 6000;
const LEAST_RECORDS = 20_000;
/** Leases have nothing to do with this line; a busy machine must not take one away. */
const LEASE_TTL_MS = 10_000;
/** One job process with this many sessions: what is above it was not given back. */
export const POOL_SIZE = 2;
const ONE_WORKER = { SLOTS_INTERACTIVE: '0', SLOTS_BATCH: '1' };

/** A plant whose bridge reads Oracle over a line of its own. */
export class DatabaseBench extends FaultBench {
  readonly database: DatabaseSide;

  private constructor(parts: BenchParts, undisturbed: RecordTally, database: DatabaseSide) {
    super(parts, undisturbed);
    this.database = database;
  }

  static override async start({ containers = CONTAINERS, leaseTtlMs = LEASE_TTL_MS } = {}): Promise<DatabaseBench> {
    const database = await DatabaseSide.start(await sampleFile(CONTAINERS));
    let parts: BenchParts | undefined;
    try {
      const bridgeVariables = { ...ONE_WORKER, ...database.variables(POOL_SIZE) };
      parts = await openParts({ sample: CONTAINERS, containers, leaseTtlMs, bridgeVariables });
      return new DatabaseBench(parts, await readUndisturbed(parts, LEAST_RECORDS), database);
    } catch (error) {
      if (parts) await closeParts(parts);
      await database.close();
      throw error;
    }
  }

  /** Another bridge in place of the one there is, as long as the work takes. `variables`: of its own. */
  async withBridge<Value>(variables: Readonly<Record<string, string>>, work: () => Promise<Value>): Promise<Value> {
    const { plant } = this;
    await plant.bridge.stop();
    await plant.startBridge(variables);
    try {
      return await work();
    } finally {
      await plant.bridge.kill();
      await this.calm();
      await plant.startBridge();
    }
  }

  /** What a job comes to that nothing happens to. */
  async describeNext(): Promise<string> {
    const jobId = await this.submit();
    return await this.describe(jobId, await this.read(jobId));
  }

  override async calm(): Promise<void> {
    await super.calm();
    await this.database.calm();
  }

  override async findLeft(): Promise<string[]> {
    return [...(await super.findLeft()), ...(await this.database.findBusy())];
  }

  override async stop(): Promise<void> {
    await super.stop();
    await this.database.close();
  }
}
