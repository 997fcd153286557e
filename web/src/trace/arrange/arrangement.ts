import { CONTAINER_ID_MEMBER } from '#protocol/domain.ts';
import type { Domain } from '#protocol/domain.ts';
import { cellOf, shownCell } from '../record-cell.ts';
import type { ArrangeSpec } from './arrange-spec.ts';
import { meets, readCondition } from './condition.ts';
import type { Condition } from './condition.ts';
import { SortKeys } from './sort-keys.ts';
import { SortedRuns } from './sorted-runs.ts';

type ParsedRecord = Readonly<Record<string, unknown>>;

/** Records of one domain that meet what was asked, in the order that was asked. Pure: it is given the records. */
export class Arrangement {
  readonly #containers: ReadonlySet<string> | undefined;
  readonly #containerMember: string | undefined;
  readonly #conditions: readonly { readonly column: string; readonly condition: Condition }[];
  readonly #sortColumn: string | undefined;
  readonly #keys: SortKeys;
  readonly #runs: SortedRuns;
  #scanned = 0;

  /** `containers`: only their records; `undefined` for all. Filters that mean nothing let everything pass. */
  constructor(domain: Domain, spec: ArrangeSpec, containers: ReadonlySet<string> | undefined) {
    this.#containers = containers;
    this.#containerMember = CONTAINER_ID_MEMBER[domain];
    this.#conditions = spec.filters.flatMap(({ column, text }) => {
      const condition = readCondition(text);
      return condition === undefined ? [] : [{ column, condition }];
    });
    this.#sortColumn = spec.sort?.column;
    this.#keys = new SortKeys(spec.sort?.isDescending ?? false);
    const keys = this.#keys;
    this.#runs = new SortedRuns(this.#sortColumn === undefined ? (a, b) => a - b : (a, b) => keys.compare(a, b));
  }

  /** Records that have been looked at. */
  get scanned(): number {
    return this.#scanned;
  }

  /** Takes the records that follow those taken before. @throws TooManyTextsError */
  *take(records: readonly ParsedRecord[]): Generator<void, void, undefined> {
    const run = new Uint32Array(records.length);
    let count = 0;
    for (const [index, record] of records.entries()) {
      if (!this.#isWanted(record)) continue;
      const place = this.#scanned + index;
      if (this.#sortColumn !== undefined) this.#keys.set(place, shownCell(record, this.#sortColumn));
      run[count++] = place;
    }
    this.#scanned += records.length;
    const found = run.slice(0, count);
    if (this.#sortColumn !== undefined) found.sort((a, b) => this.#keys.compare(a, b));
    yield* this.#runs.add(found);
  }

  /** The numbers of all wanted records so far, in order. */
  settle(): Generator<void, Uint32Array, undefined> {
    return this.#runs.settle();
  }

  #isWanted(record: ParsedRecord): boolean {
    if (this.#containers !== undefined) {
      const container = this.#containerMember === undefined ? undefined : record[this.#containerMember];
      if (typeof container !== 'string' || !this.#containers.has(container)) return false;
    }
    return this.#conditions.every(({ column, condition }) => {
      const [written, shown] = [cellOf(record[column]), shownCell(record, column)];
      if (written === shown) return meets(condition, written);
      // Either form of a name is found; neither may be there of what is not wanted.
      const isNegated = 'isNegated' in condition && condition.isNegated;
      if (isNegated) return meets(condition, written) && meets(condition, shown);
      return meets(condition, written) || meets(condition, shown);
    });
  }
}
