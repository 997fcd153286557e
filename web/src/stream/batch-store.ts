import type { Bytes } from './bytes.ts';
import type { Domain } from '#protocol/domain.ts';
import { ClientProblemError } from './client-problem.ts';
import type { RawStore } from './raw-store.ts';
import type { RecordBounds, RecordsHead } from './records-line.ts';
import { findRecordBounds, parseRecord, parseRecords, SEPARATOR_BYTES, sliceRecord } from './records-line.ts';

/** One batch: which records of its domain it holds, and where its raw line lies in the store. */
export interface BatchEntry {
  readonly domain: Domain;
  readonly batch: number;
  /** Records of the domain before this batch. */
  readonly offset: number;
  readonly count: number;
  readonly dataOffset: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A batch in memory, cut into its records. */
export interface OpenBatch {
  readonly entry: BatchEntry;
  readonly line: Bytes;
  readonly bounds: RecordBounds;
}

/** A batch that is to be stored. */
export interface NextBatch {
  readonly head: RecordsHead;
  readonly line: Bytes;
  readonly bounds: RecordBounds;
}

/** From so many records of one batch on, reading its whole line is quicker than reading each of them. */
const MIN_RECORDS_OF_LINE = 16;

/** Lines kept in memory for the rows on screen and around it; each is at most `MAX_LINE_BYTES`. */
export const MAX_OPEN_BATCHES = 6;

/** Records that a walk hands out at a time. */
const MAX_PIECE_RECORDS = 500;

/** The place of the batch that holds `record` in a list ordered by `offset`, or -1. */
export function findBatch(entries: readonly BatchEntry[], record: number): number {
  let low = 0;
  let high = entries.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry === undefined) return -1;
    if (record < entry.offset) high = middle - 1;
    else if (record >= entry.offset + entry.count) low = middle + 1;
    else return middle;
  }
  return -1;
}

function holds(entry: BatchEntry, record: number): boolean {
  return record >= entry.offset && record < entry.offset + entry.count;
}

/**
 * The batches of one stream: raw lines in the store, one small entry each in memory. A record is parsed when somebody
 * asks for it, not before.
 */
export class BatchStore {
  readonly #raw: RawStore;
  readonly #entries = new Map<Domain, BatchEntry[]>();
  /** Most recently used last. */
  readonly #open = new Map<BatchEntry, OpenBatch>();
  /** Bounds of batches that were looked through, 4 bytes a record: rows of such a domain are picked from anywhere. */
  readonly #bounds = new Map<BatchEntry, RecordBounds>();

  constructor(raw: RawStore) {
    this.#raw = raw;
  }

  entries(domain: Domain): readonly BatchEntry[] {
    return this.#entries.get(domain) ?? [];
  }

  records(domain: Domain): number {
    const last = this.#entries.get(domain)?.at(-1);
    return last === undefined ? 0 : last.offset + last.count;
  }

  /** Appends the next batch of its domain. @throws RangeError if it is not the next one. */
  append({ head, line, bounds }: NextBatch): BatchEntry {
    const entries = this.#entries.get(head.domain) ?? [];
    if (head.batch !== entries.length + 1) throw new RangeError(`batch ${head.batch} is not the next`);
    const entry = {
      ...head,
      offset: this.records(head.domain),
      byteOffset: this.#raw.append(line),
      byteLength: line.length,
    };
    entries.push(entry);
    this.#entries.set(head.domain, entries);
    // The first is asked for at once.
    if (head.batch === 1) this.#keepOpen({ entry, line, bounds });
    return entry;
  }

  async open(entry: BatchEntry): Promise<OpenBatch> {
    const known = this.#open.get(entry);
    const batch = known ?? (await this.#load(entry));
    this.#keepOpen(batch);
    return batch;
  }

  /** Reads a batch past the cache: for walks over all of them, which would only push out what is on screen. */
  async load(entry: BatchEntry): Promise<OpenBatch> {
    return this.#open.get(entry) ?? (await this.#load(entry));
  }

  /** The records at these places of a domain, in the order asked for; places past the end are left out. */
  async read(domain: Domain, places: Iterable<number>): Promise<Record<string, unknown>[]> {
    const entries = this.entries(domain);
    const records: Record<string, unknown>[] = [];
    for (const place of places) {
      const entry = entries[findBatch(entries, place)];
      if (entry === undefined) continue;
      const { line, bounds } = await this.open(entry);
      records.push(parseRecord(sliceRecord(line, bounds, place - entry.offset)));
    }
    return records;
  }

  /**
   * The raw records at these places of a domain, whose `entries` the caller has, in pieces that lie in one batch and are no
   * long work, read past the cache.
   * @throws ClientProblemError `GENERATION_CHANGED` when everything was dropped since the caller got the entries.
   */
  async *walk(
    entries: readonly BatchEntry[],
    places: Iterable<number>,
  ): AsyncGenerator<readonly Bytes[], void, undefined> {
    let batch: OpenBatch | undefined;
    let piece: Bytes[] = [];
    for (const place of places) {
      const isElsewhere = batch === undefined || !holds(batch.entry, place);
      if (piece.length > 0 && (isElsewhere || piece.length >= MAX_PIECE_RECORDS)) {
        yield piece;
        piece = [];
      }
      if (batch === undefined || isElsewhere) {
        const entry = entries[findBatch(entries, place)];
        if (entry === undefined) throw new ClientProblemError({ code: 'GENERATION_CHANGED' });
        this.#requireCurrent(entries);
        batch = await this.load(entry);
      }
      piece.push(sliceRecord(batch.line, batch.bounds, place - batch.entry.offset));
    }
    if (piece.length > 0) yield piece;
  }

  /** As `load`. Where the records begin is remembered, so that single ones can be picked afterwards. */
  async scan(entry: BatchEntry): Promise<OpenBatch> {
    const batch = await this.load(entry);
    // Dropped meanwhile: nobody would forget it any more.
    if (this.#entries.get(entry.domain)?.[entry.batch - 1] === entry) this.#bounds.set(entry, batch.bounds);
    return batch;
  }

  /** Every record of a batch, remembered as by `scan`. */
  async parse(entry: BatchEntry): Promise<Record<string, unknown>[]> {
    const { line } = await this.scan(entry);
    return parseRecords(line, entry);
  }

  /** As `walk`, for places that lie anywhere. */
  async *walkAnywhere(
    entries: readonly BatchEntry[],
    places: Uint32Array,
  ): AsyncGenerator<readonly Bytes[], void, undefined> {
    for (let from = 0; from < places.length; from += MAX_PIECE_RECORDS) {
      this.#requireCurrent(entries);
      yield await this.#pick(entries, places.subarray(from, from + MAX_PIECE_RECORDS), (entry) => this.load(entry));
    }
  }

  /** As `read`, for places that lie anywhere: of a batch with a few of them only these records are read. */
  async pick(domain: Domain, places: Uint32Array): Promise<Record<string, unknown>[]> {
    const records = await this.#pick(this.entries(domain), places, (entry) => this.open(entry));
    return records.map((bytes) => parseRecord(bytes));
  }

  async #pick(
    entries: readonly BatchEntry[],
    places: Uint32Array,
    openWhole: (entry: BatchEntry) => Promise<OpenBatch>,
  ): Promise<Bytes[]> {
    const wanted = new Map<BatchEntry, number[]>();
    for (const [index, place] of places.entries()) {
      const entry = entries[findBatch(entries, place)];
      if (entry === undefined) continue;
      const indexes = wanted.get(entry) ?? [];
      indexes.push(index);
      wanted.set(entry, indexes);
    }
    const records = Array.from<Bytes | undefined>({ length: places.length });
    for (const [entry, indexes] of wanted) {
      const bounds = indexes.length < MIN_RECORDS_OF_LINE && !this.#open.has(entry) && this.#bounds.get(entry);
      const batch = bounds ? undefined : await openWhole(entry);
      for (const index of indexes) {
        const at = (places[index] ?? 0) - entry.offset;
        records[index] = batch ? sliceRecord(batch.line, batch.bounds, at) : await this.#readRecord(entry, at);
      }
    }
    return records.filter((record) => record !== undefined);
  }

  clear(): void {
    this.#entries.clear();
    this.#open.clear();
    this.#bounds.clear();
    this.#raw.clear();
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#open.clear();
    this.#bounds.clear();
    await this.#raw.close();
  }

  /** The file may hold other lines by now: an entry of before would cut them at the wrong places. */
  #requireCurrent(entries: readonly BatchEntry[]): void {
    const [first] = entries;
    if (first !== undefined && this.#entries.get(first.domain) !== entries) {
      throw new ClientProblemError({ code: 'GENERATION_CHANGED' });
    }
  }

  #keepOpen(batch: OpenBatch): void {
    this.#open.delete(batch.entry);
    this.#open.set(batch.entry, batch);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MAX_OPEN_BATCHES) break;
      this.#open.delete(oldest);
    }
  }

  async #readRecord(entry: BatchEntry, at: number): Promise<Bytes> {
    const bounds = this.#bounds.get(entry);
    const from = bounds?.[at];
    const next = bounds?.[at + 1];
    if (from === undefined || next === undefined) throw new RangeError(`no record ${at} in this batch`);
    return this.#raw.readPart(entry.byteOffset, from, next - SEPARATOR_BYTES - from);
  }

  async #load(entry: BatchEntry): Promise<OpenBatch> {
    const line = await this.#raw.read(entry.byteOffset, entry.byteLength);
    return { entry, line, bounds: findRecordBounds(line, entry) };
  }
}
