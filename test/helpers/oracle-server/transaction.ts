import type { TransactionState } from './answers.ts';
import { OraFailure } from './answers.ts';

const CHANGES = new Set(['insert', 'update', 'delete', 'merge']);
const DEFINITIONS = new Set(['create', 'drop', 'truncate']);

/** Transactions of one session as Oracle has them; statements move it by how they begin. */
export class Transaction {
  #state: TransactionState = 'none';
  #commits = 0;
  #rollbacks = 0;

  get state(): TransactionState {
    return this.#state;
  }

  /** What the driver is told: a read-only transaction has no id, so it is none to it. */
  get isReported(): boolean {
    return this.#state === 'read write';
  }

  get commits(): number {
    return this.#commits;
  }

  get rollbacks(): number {
    return this.#rollbacks;
  }

  /** @throws OraFailure when the statement may not run now. */
  check(sql: string): void {
    const [verb] = wordsOf(sql);
    if (isSetTransaction(sql) && this.#state !== 'none') throw new OraFailure({ code: 1453 });
    if (CHANGES.has(verb ?? '') && this.#state === 'read only') throw new OraFailure({ code: 1456 });
  }

  /** After the statement went well. */
  follow(sql: string): void {
    const [verb = '', , third, fourth] = wordsOf(sql);
    if (isSetTransaction(sql) && third === 'read' && fourth === 'only') this.#state = 'read only';
    else if (CHANGES.has(verb)) this.#state = 'read write';
    else if (DEFINITIONS.has(verb) || verb === 'commit') this.commit();
    else if (verb === 'rollback') this.rollback();
  }

  commit(): void {
    this.#state = 'none';
    this.#commits += 1;
  }

  rollback(): void {
    this.#state = 'none';
    this.#rollbacks += 1;
  }
}

function isSetTransaction(sql: string): boolean {
  const [first, second] = wordsOf(sql);
  return first === 'set' && second === 'transaction';
}

function wordsOf(sql: string): string[] {
  const text = sql.replaceAll(/--.*$|\/\*[^]*?\*\//gm, ' ').trim();
  return text.slice(0, 200).toLowerCase().split(/\s+/);
}
