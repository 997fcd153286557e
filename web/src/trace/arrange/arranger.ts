import type { Domain } from '#protocol/domain.ts';
import { findBatch } from '../../stream/batch-store.ts';
import type { BatchStore } from '../../stream/batch-store.ts';
import type { Clock } from '../../stream/clock.ts';
import { Slices } from '../../stream/slices.ts';
import { isArranged } from './arrange-spec.ts';
import type { ArrangeSpec } from './arrange-spec.ts';
import { Arrangement } from './arrangement.ts';
import type { ArrangedSnapshot, ArrangedState } from './arranged-snapshot.ts';
import { TooManyTextsError } from './sort-keys.ts';

/** The first rows are shown that soon, the others so much later: each time all of them are put in order. */
const FIRST_SHOWN_MS = 200;
const SHOWN_INTERVAL_MS = 1000;

export interface ArrangerParts {
  readonly store: BatchStore;
  readonly clock: Clock;
  readonly changed: () => void;
}

/** One domain that somebody sorted or filtered. */
interface Arranged {
  readonly spec: ArrangeSpec;
  readonly work: Arrangement;
  state: Exclude<ArrangedState, 'settled'>;
  /** What is shown: rows of the arrangement before as long as this one has none. `undefined`: as the records came. */
  rows: Uint32Array | undefined;
  isShown: boolean;
  /** Records that `rows` were chosen from. */
  shownOf: number;
  /** Not to be shown again before. */
  dueMs: number;
  /** Rises whenever other rows are shown. */
  revision: number;
}

/**
 * Sorts and filters records where they lie, batch by batch as they arrive, in slices. Batches are parsed one at a time;
 * what stays of them are numbers of records and the keys of the column that is sorted by.
 */
export class Arranger {
  readonly #parts: ArrangerParts;
  /** Most recently asked for last: that one is worked on first. */
  readonly #arranged = new Map<Domain, Arranged>();
  #containers: ReadonlySet<string> | undefined;
  #isWorking = false;
  #revisions = 0;
  #callOff = (): void => undefined;

  constructor(parts: ArrangerParts) {
    this.#parts = parts;
  }

  /** Arranges a domain in another way, from its first record on. */
  arrange(domain: Domain, spec: ArrangeSpec): void {
    const former = this.#arranged.get(domain);
    this.#arranged.delete(domain);
    if (isArranged(spec)) this.#arranged.set(domain, this.#newArranged(domain, spec, former));
    this.#parts.changed();
    this.wake();
  }

  /** Leaves the domain as far as it is arranged by now, or goes on with it. */
  setStopped(domain: Domain, isStopped: boolean): void {
    const arranged = this.#arranged.get(domain);
    if (arranged?.state !== 'working' && arranged?.state !== 'stopped') return;
    arranged.state = isStopped ? 'stopped' : 'working';
    this.#parts.changed();
    this.wake();
  }

  /** From now on only records of these containers; `undefined` for all. */
  setContainers(containers: readonly string[] | undefined): void {
    this.#containers = containers === undefined ? undefined : new Set(containers);
    this.restart();
  }

  /** Begins again: everything seen so far is void. */
  restart(): void {
    for (const [domain, { spec }] of this.#arranged) this.#arranged.set(domain, this.#newArranged(domain, spec));
    this.wake();
  }

  /** The numbers of the rows `from` … `from + count - 1`; `undefined` while the domain is shown as it came. */
  places(domain: Domain, from: number, count: number): Uint32Array | undefined {
    return this.#arranged.get(domain)?.rows?.subarray(from, from + count);
  }

  snapshot(domain: Domain): ArrangedSnapshot | undefined {
    const arranged = this.#arranged.get(domain);
    if (arranged === undefined) return undefined;
    const { rows, work, revision, state, shownOf } = arranged;
    const isSettled = state === 'working' && !this.#isUnshown(domain, arranged);
    return { rows: rows?.length, scanned: work.scanned, shownOf, revision, state: isSettled ? 'settled' : state };
  }

  /** New batches arrived. */
  wake(): void {
    if (!this.#isWorking) void this.#run();
  }

  /** Forgets everything: the store is being closed. */
  clear(): void {
    this.#callOff();
    this.#arranged.clear();
  }

  #newArranged(domain: Domain, spec: ArrangeSpec, former?: Arranged): Arranged {
    return {
      spec,
      work: new Arrangement(domain, spec, this.#containers),
      state: 'working',
      rows: former?.rows,
      isShown: false,
      shownOf: 0,
      dueMs: this.#parts.clock.nowMs() + FIRST_SHOWN_MS,
      revision: ++this.#revisions,
    };
  }

  async #run(): Promise<void> {
    this.#isWorking = true;
    const slices = new Slices(this.#parts.clock);
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        const [domain, arranged] = next;
        try {
          await this.#advance(domain, arranged, slices);
          await slices.pause();
        } catch (thrown) {
          this.#fail(arranged, thrown);
        }
        this.#parts.changed();
      }
    } finally {
      this.#isWorking = false;
    }
  }

  /** The domain to work on now. If there is one later only, this comes back then. */
  #next(): [Domain, Arranged] | undefined {
    const open = [...this.#arranged].filter(
      ([domain, arranged]) =>
        (arranged.state === 'working' && this.#isUnshown(domain, arranged)) ||
        // Stopped before anything was shown: what there is comes on screen, not the rows of what was asked before.
        (arranged.state === 'stopped' && !arranged.isShown),
    );
    const nowMs = this.#parts.clock.nowMs();
    const ready = open.findLast(
      ([domain, arranged]) => this.#hasBatch(domain, arranged) || this.#isDue(arranged, nowMs),
    );
    if (ready === undefined && open.length > 0) {
      const dueMs = Math.min(...open.map(([, arranged]) => arranged.dueMs));
      this.#callOff();
      this.#callOff = this.#parts.clock.after(dueMs - nowMs, () => this.wake());
    }
    return ready;
  }

  /** Takes the next batch, or shows what there is. */
  async #advance(domain: Domain, arranged: Arranged, slices: Slices): Promise<void> {
    const { store, clock } = this.#parts;
    const { work } = arranged;
    const entries = store.entries(domain);
    const entry = entries[findBatch(entries, work.scanned)];
    const isDue = clock.nowMs() >= arranged.dueMs && work.scanned > arranged.shownOf;
    const isTimeToShow = isDue || arranged.state === 'stopped';
    if (entry !== undefined && !isTimeToShow) return drive(work.take(await store.parse(entry)), slices);
    const shownOf = work.scanned;
    arranged.rows = await drive(work.settle(), slices);
    arranged.shownOf = shownOf;
    arranged.isShown = true;
    arranged.dueMs = clock.nowMs() + SHOWN_INTERVAL_MS;
    arranged.revision = ++this.#revisions;
  }

  /** What was shown of it stays, and says of how many records it is; rows of what was asked before do not. */
  #fail(arranged: Arranged, thrown: unknown): void {
    arranged.state = thrown instanceof TooManyTextsError ? 'too_large' : 'failed';
    if (arranged.isShown) return;
    arranged.rows = undefined;
    arranged.revision = ++this.#revisions;
  }

  #isUnshown(domain: Domain, { isShown, shownOf }: Arranged): boolean {
    return !isShown || shownOf < this.#parts.store.records(domain);
  }

  #hasBatch(domain: Domain, { work }: Arranged): boolean {
    return work.scanned < this.#parts.store.records(domain);
  }

  /** What is complete is shown at once the first time. */
  #isDue({ isShown, dueMs }: Arranged, nowMs: number): boolean {
    return !isShown || nowMs >= dueMs;
  }
}

/** Runs long work in slices. */
async function drive<Value>(work: Generator<void, Value, undefined>, slices: Slices): Promise<Value> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await slices.pause();
  }
}
