import { CONTAINER_ID_BYTES, unpackContainerIds } from '#protocol/ids.ts';
import { MAX_IDS_PER_PAGE } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';

/** Reads one page: at most `count` packed ids from index `from`. */
export type ReadPage = (from: number, count: number) => Promise<Uint8Array>;

/**
 * The ids of a job, read from the edge in large pages and handed out in small ranges. Every page is read once and kept
 * packed: the largest job there can be (`MAX_JOB_IDS`) takes 4 MB, and its domains walk over it one by one.
 */
export class IdPages {
  readonly #read: ReadPage;
  readonly #total: number;
  readonly #pages = new Map<number, Promise<Uint8Array>>();

  constructor(total: number, read: ReadPage) {
    this.#total = total;
    this.#read = read;
  }

  /** At most `count` ids from index `from`; fewer at the end of the list. */
  async slice(from: number, count: number): Promise<string[]> {
    const to = Math.min(this.#total, from + count);
    const ids: string[] = [];
    for (let at = from; at < to;) {
      const pageNumber = Math.floor(at / MAX_IDS_PER_PAGE);
      const pageFrom = pageNumber * MAX_IDS_PER_PAGE;
      const end = Math.min(to, pageFrom + MAX_IDS_PER_PAGE);
      const page = await this.#page(pageNumber);
      ids.push(
        ...unpackContainerIds(
          page.subarray((at - pageFrom) * CONTAINER_ID_BYTES, (end - pageFrom) * CONTAINER_ID_BYTES),
        ),
      );
      at = end;
    }
    return ids;
  }

  #page(pageNumber: number): Promise<Uint8Array> {
    const held = this.#pages.get(pageNumber);
    if (held) return held;
    const page = this.#readPage(pageNumber);
    this.#pages.set(pageNumber, page);
    page.catch(() => this.#pages.delete(pageNumber));
    return page;
  }

  async #readPage(pageNumber: number): Promise<Uint8Array> {
    const from = pageNumber * MAX_IDS_PER_PAGE;
    const count = Math.min(MAX_IDS_PER_PAGE, this.#total - from);
    const page = await this.#read(from, count);
    if (page.byteLength !== count * CONTAINER_ID_BYTES) {
      throw new ProblemError('INTERNAL', 'The edge gave another number of container ids than the job has.');
    }
    return page;
  }
}
