import type { Domain } from '#protocol/domain.ts';
import type { RowsAnswer } from './trace-snapshot.ts';

/** As many as a grid asks for at once. */
export const HEAD_ROWS = 100;

/** The first rows of a domain, sent with the news that there are any. */
export interface DomainHead extends RowsAnswer {
  readonly domain: Domain;
}

/**
 * Heads that nobody has asked for yet: a grid that is new finds its first rows here, in the frame in which it appears.
 * What is asked for later is asked of the worker.
 */
export class HeadRows {
  readonly #heads = new Map<Domain, RowsAnswer>();
  #isAsArrived = true;

  /** A new query: nothing of it is sorted or filtered yet. */
  begin(): void {
    this.drop();
    this.#isAsArrived = true;
  }

  /** The rows are those of another run or generation. */
  drop(): void {
    this.#heads.clear();
  }

  /** From now on the rows are sorted or filtered: a head that is still on its way shows others. */
  rearranged(): void {
    this.drop();
    this.#isAsArrived = false;
  }

  keep({ domain, ...head }: DomainHead): void {
    if (this.#isAsArrived) this.#heads.set(domain, head);
  }

  /** Gives a head away, once. */
  take(domain: Domain, from: number): RowsAnswer | undefined {
    if (from !== 0) return undefined;
    const head = this.#heads.get(domain);
    this.#heads.delete(domain);
    return head;
  }
}
