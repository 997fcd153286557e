import { createHash } from 'node:crypto';

/** Records of a reading beside those of another one: how many are missing, too many, or unknown to the other. */
export interface TallyDifference {
  readonly lost: number;
  readonly doubled: number;
  /** Records that the other reading has in no form at all. */
  readonly unknown: number;
}

const DATA_START = '"data":[';
const DATA_END = ']}\n';
/** Stands between two records and in none: inside JSON text a tab is always escaped. */
const RECORD_SEPARATOR = ',\t';

/**
 * Every record of a reading by its digest, whatever order and chunks it came in: two executions of a job divide the
 * same records differently.
 */
export class RecordTally {
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** Records so far. */
  get total(): number {
    return this.#total;
  }

  /** One `records` line whose digest was right. @throws Error if it holds another number of records than it says. */
  take(domain: string, line: string, count: number): void {
    const data = line.slice(line.indexOf(DATA_START) + DATA_START.length, -DATA_END.length);
    const records = data.split(RECORD_SEPARATOR);
    if (records.length !== count) throw new Error(`${records.length} records in a line of ${count}`);
    for (const record of records) {
      const key = sha256(`${domain} ${record}`);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
    this.#total += count;
  }

  /** Forgets all of them: a reading starts over. */
  clear(): void {
    this.#counts.clear();
    this.#total = 0;
  }

  /** Of all records in whatever order: equal for readings with the same records, each as often. */
  digest(): string {
    const lines = [...this.#counts].map(([key, count]) => `${key} ${count}`).sort();
    return sha256(lines.join('\n'));
  }

  compare(undisturbed: RecordTally): TallyDifference {
    let lost = 0;
    let doubled = 0;
    let unknown = 0;
    for (const [key, wanted] of undisturbed.#counts) lost += Math.max(0, wanted - (this.#counts.get(key) ?? 0));
    for (const [key, count] of this.#counts) {
      const wanted = undisturbed.#counts.get(key);
      if (wanted === undefined) unknown += count;
      else doubled += Math.max(0, count - wanted);
    }
    return { lost, doubled, unknown };
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
