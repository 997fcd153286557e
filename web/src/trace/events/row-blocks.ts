import { HEAD_ROWS } from '../head-rows.ts';
import type { Cell, RowsAnswer } from '../trace-snapshot.ts';

/** The first block is the head that comes with the news of a domain. */
export const BLOCK_ROWS = HEAD_ROWS;
/** Blocks kept: some screens around the one in sight, a few megabytes at most. */
const MAX_BLOCKS = 24;

export type Row = readonly Cell[];

/**
 * The rows around what is on screen, fetched in blocks. One fetch at a time, and always for what is wanted now: while
 * somebody drags the scroll bar over a million rows, the places that flew by are never asked for.
 */
export class RowBlocks {
  readonly #load: (from: number, count: number) => Promise<RowsAnswer>;
  readonly #arrived: () => void;
  readonly #blocks = new Map<number, readonly Row[]>();
  /** Blocks that are shown until they have been fetched again. */
  readonly #stale = new Set<number>();
  #wanted = { first: 0, count: 0 };
  #isLoading = false;
  #epoch = 0;

  constructor(load: (from: number, count: number) => Promise<RowsAnswer>, arrived: () => void) {
    this.#load = load;
    this.#arrived = arrived;
  }

  row(index: number): Row | undefined {
    return this.#blocks.get(Math.floor(index / BLOCK_ROWS))?.[index % BLOCK_ROWS];
  }

  /** Says which rows are on screen. */
  want(first: number, count: number): void {
    this.#wanted = { first, count };
    if (!this.#isLoading) void this.#loadWanted();
  }

  /** Forgets every row: they belong to another result or another filter. */
  clear(): void {
    this.#epoch++;
    this.#blocks.clear();
    this.#stale.clear();
  }

  /** Fetches every row again when it is next on screen; until then the rows before are shown. */
  refresh(): void {
    this.#epoch++;
    for (const block of this.#blocks.keys()) this.#stale.add(block);
    this.want(this.#wanted.first, this.#wanted.count);
  }

  async #loadWanted(): Promise<void> {
    this.#isLoading = true;
    try {
      for (let block = this.#missing(); block !== undefined; block = this.#missing()) {
        const epoch = this.#epoch;
        const answer = await this.#load(block * BLOCK_ROWS, BLOCK_ROWS);
        if (epoch !== this.#epoch) continue;
        // Nothing new there yet: asking again at once would only spin.
        const isSame = !this.#stale.delete(block) && answer.rows.length <= (this.#blocks.get(block)?.length ?? 0);
        this.#keep(block, answer.rows);
        this.#arrived();
        if (isSame) break;
      }
    } finally {
      this.#isLoading = false;
    }
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
