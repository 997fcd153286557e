import type { RowBlock, RowSpan } from './row-spans.ts';
import { spanOf } from './row-spans.ts';
import type { SpanDeclaration } from '../sql/statement-file.ts';

/** Reads the blocks of a table; the signal is that of the warehouse, not of the job that happens to ask first. */
export type ReadBlocks = (table: string) => Promise<readonly RowBlock[]>;

/** The blocks of each table, read once by whoever asks first. A failed attempt is forgotten. */
export class DuckDbSpans {
  readonly #read: ReadBlocks;
  readonly #tables = new Map<string, Promise<readonly RowBlock[]>>();

  constructor(read: ReadBlocks) {
    this.#read = read;
  }

  /** The rows of each table of a statement that can hold an id between `first` and `last`. */
  async find(
    declarations: readonly SpanDeclaration[],
    bounds: { first: string | null; last: string | null },
    signal: AbortSignal,
  ): Promise<Map<string, RowSpan>> {
    const spans = new Map<string, RowSpan>();
    for (const { name, table } of declarations) {
      const blocks = await untilAborted(this.blocksOf(table), signal);
      spans.set(name, spanOf(blocks, bounds.first, bounds.last));
    }
    return spans;
  }

  blocksOf(table: string): Promise<readonly RowBlock[]> {
    const known = this.#tables.get(table);
    if (known) return known;
    const blocks = this.#read(table);
    this.#tables.set(table, blocks);
    blocks.catch(() => this.#tables.delete(table));
    return blocks;
  }
}

/** The value, or the reason of the signal if that comes first; the work itself goes on for others. */
function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
