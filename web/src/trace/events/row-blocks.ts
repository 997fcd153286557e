import { HEAD_ROWS } from '../head-rows.ts';
import type { Cell, RowsAnswer } from '../trace-snapshot.ts';

/** The first block is the head that comes with the news of a domain. */
export const BLOCK_ROWS = HEAD_ROWS;
/** Blocks kept: some screens around the one in sight, a few megabytes at most. */
const MAX_BLOCKS = 24;

export type Row = readonly Cell[];

/**
 * The rows around what is on screen, fetched in blocks. One fetch at a time, and always for what is wanted now: while
 * somebody drags the scroll bar over a million rows, the places that flew by are never asked for. When a fetch fails, nothing
 * is asked for until `retry`, or until the rows are others.
 */
export class RowBlocks {
  readonly #load: (from: number, count: number) => Promise<RowsAnswer>;
  readonly #changed: () => void;
  readonly #blocks = new Map<number, readonly Row[]>();
  /** Blocks that are shown until they have been fetched again. */
  readonly #stale = new Set<number>();
  #wanted = { first: 0, count: 0 };
  #isLoading = false;
  #hasFailed = false;
  #epoch = 0;

  /** `changed`: rows have arrived, or `hasFailed` is another. */
  constructor(load: (from: number, count: number) => Promise<RowsAnswer>, changed: () => void) {
    this.#load = load;
    this.#changed = changed;
  }

  /** The rows that are wanted could not be read. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  row(index: number): Row | undefined {
    return this.#blocks.get(Math.floor(index / BLOCK_ROWS))?.[index % BLOCK_ROWS];
  }

  /** Says which rows are on screen. */
  want(first: number, count: number): void {
    this.#wanted = { first, count };
    if (!this.#isLoading && !this.#hasFailed) void this.#loadWanted();
  }

  /** Asks again for what could not be read. */
  retry(): void {
    this.#tellFailed(false);
    this.want(this.#wanted.first, this.#wanted.count);
  }

  /** Forgets every row: they belong to another result or another filter. */
  clear(): void {
    this.#epoch++;
    this.#blocks.clear();
    this.#stale.clear();
    this.#tellFailed(false);
  }

  /** Fetches every row again when it is next on screen; until then the rows before are shown. */
  refresh(): void {
    this.#epoch++;
    for (const block of this.#blocks.keys()) this.#stale.add(block);
    this.retry();
  }

  async #loadWanted(): Promise<void> {
    this.#isLoading = true;
    try {
      for (let block = this.#missing(); block !== undefined; block = this.#missing()) {
        const epoch = this.#epoch;
        const answer = await this.#load(block * BLOCK_ROWS, BLOCK_ROWS).catch(() => undefined);
        if (epoch !== this.#epoch) continue;
        if (answer === undefined) {
          this.#tellFailed(true);
          break;
        }
        // Nothing new there yet: asking again at once would only spin.
        const isSame = !this.#stale.delete(block) && answer.rows.length <= (this.#blocks.get(block)?.length ?? 0);
        this.#keep(block, answer.rows);
        this.#changed();
        if (isSame) break;
      }
    } finally {
      this.#isLoading = false;
    }
  }

  #tellFailed(hasFailed: boolean): void {
    if (hasFailed === this.#hasFailed) return;
    this.#hasFailed = hasFailed;
    this.#changed();
  }

  #missing(): number | undefined {
    const { first, count } = this.#wanted;
    for (let index = first; index < first + count; index += 1) {
      const block = Math.floor(index / BLOCK_ROWS);
      if (this.row(index) === undefined || this.#stale.has(block)) return block;
    }
    return undefined;
  }

  #keep(block: number, rows: readonly Row[]): void {
    this.#blocks.delete(block);
    this.#blocks.set(block, rows);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= MAX_BLOCKS) break;
      this.#blocks.delete(oldest);
      this.#stale.delete(oldest);
    }
  }
}
