import { CONTAINER_ID_MEMBER } from '#protocol/domain.ts';
import type { Domain } from '#protocol/domain.ts';
import type { BatchStore, OpenBatch } from './batch-store.ts';
import { sliceRecord } from './records-line.ts';
import type { Bytes } from './bytes.ts';

const CONTAINER_ID_CHARS = 16;
const FIRST_CAPACITY = 1024;

const encoder = new TextEncoder();
const latin1 = new TextDecoder('latin1');

/** Record numbers in rising order, 4 bytes each. */
class RecordNumbers {
  #numbers = new Uint32Array(FIRST_CAPACITY);
  count = 0;

  push(value: number): void {
    if (this.count === this.#numbers.length) {
      const grown = new Uint32Array(this.#numbers.length * 2);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers[this.count++] = value;
  }

  slice(from: number, count: number): Uint32Array {
    return this.#numbers.slice(from, Math.min(this.count, from + count));
  }
}

/**
 * The container id of a record, found in its bytes. The pattern cannot lie inside a text: there its quotes would be
 * escaped.
 */
export function findContainerId(record: Bytes, pattern: Bytes): string | undefined {
  for (let at = record.indexOf(0x22); at !== -1; at = record.indexOf(0x22, at + 1)) {
    if (!pattern.every((byte, index) => record[at + index] === byte)) continue;
    const from = at + pattern.length;
    return latin1.decode(record.subarray(from, from + CONTAINER_ID_CHARS));
  }
  return undefined;
}

/** Which records of a stream belong to some containers. It walks the batches in arrival order, new ones as they come. */
export class RecordsFilter {
  readonly #containers: ReadonlySet<string>;
  readonly #matches = new Map<Domain, RecordNumbers>();
  readonly #scanned = new Map<Domain, number>();

  constructor(containers: Iterable<string>) {
    this.#containers = new Set(containers);
  }

  /** The same filter with nothing looked at yet: what it saw is void. */
  again(): RecordsFilter {
    return new RecordsFilter(this.#containers);
  }

  matches(domain: Domain): number {
    return this.#matches.get(domain)?.count ?? 0;
  }

  /** The numbers of the matching records `from` … `from + count - 1`. */
  places(domain: Domain, from: number, count: number): Uint32Array {
    return this.#matches.get(domain)?.slice(from, count) ?? new Uint32Array();
  }

  /** Whether every batch that arrived has been looked at. */
  isCurrent(store: BatchStore, domain: Domain): boolean {
    return (this.#scanned.get(domain) ?? 0) >= store.entries(domain).length;
  }

  /** Looks at the next batch of a domain. @returns `false` when there was none. */
  async scanNext(store: BatchStore, domain: Domain): Promise<boolean> {
    const index = this.#scanned.get(domain) ?? 0;
    const entry = store.entries(domain)[index];
    if (entry === undefined) return false;
    const batch = await store.scan(entry);
    this.#scanned.set(domain, index + 1);
    this.#scan(domain, batch);
    return true;
  }

  #scan(domain: Domain, { entry, line, bounds }: OpenBatch): void {
    const member = CONTAINER_ID_MEMBER[domain];
    if (member === undefined) return;
    const pattern = encoder.encode(`"${member}":"`);
    const numbers = this.#matches.get(domain) ?? new RecordNumbers();
    for (let index = 0; index < entry.count; index++) {
      const id = findContainerId(sliceRecord(line, bounds, index), pattern);
      if (id !== undefined && this.#containers.has(id)) numbers.push(entry.offset + index);
    }
    this.#matches.set(domain, numbers);
  }
}
