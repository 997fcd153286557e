import type { Logger } from '../log.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/**
 * The warehouse of one job worker: opened once and kept. A failed attempt is forgotten, so that the next job tries again;
 * the daemon outlives a warehouse that is away for a while.
 */
export class WarehouseHolder {
  readonly #open: () => Promise<Warehouse>;
  readonly #log: Logger;
  #warehouse: Promise<Warehouse> | undefined;

  constructor(open: () => Promise<Warehouse>, log: Logger) {
    this.#open = open;
    this.#log = log;
  }

  /** @throws ProblemError what opening throws, `WAREHOUSE_UNAVAILABLE` as a rule. */
  async get(): Promise<Warehouse> {
    this.#warehouse ??= this.#open();
    try {
      return await this.#warehouse;
    } catch (error) {
      this.#warehouse = undefined;
      throw error;
    }
  }

  /** Opens it ahead of the first job. @returns its description, or nothing if that failed. */
  async warmUp(): Promise<string | undefined> {
    try {
      return (await this.get()).description;
    } catch (error) {
      this.#log.error({ err: error }, 'the warehouse cannot be opened; the next job tries again');
      return undefined;
    }
  }

  /** Between two jobs. Never rejects. */
  async trimMemory(): Promise<void> {
    const warehouse = await this.#warehouse?.catch(() => undefined);
    await warehouse?.trimMemory();
  }

  /** The next `get` opens it anew. */
  async close(): Promise<void> {
    const warehouse = await this.#warehouse?.catch(() => undefined);
    this.#warehouse = undefined;
    await warehouse?.close();
  }
}
