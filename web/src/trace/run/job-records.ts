import type { Domain } from '#protocol/domain.ts';
import type { DatabaseOutcome } from '#protocol/job.ts';
import { platformSha256 } from '../../stream/stream-proof.ts';
import { BatchStore } from '../../stream/batch-store.ts';
import { RecordsFilter } from '../../stream/records-filter.ts';
import type { Clock } from '../../stream/clock.ts';
import type { RawStore } from '../../stream/raw-store.ts';
import { Slices } from '../../stream/slices.ts';
import { StreamReader } from '../../stream/stream-reader.ts';
import type { StreamOutcome } from '../../stream/stream-outcome.ts';
import type { StreamSource } from '../../stream/stream-source.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import { Arranger } from '../arrange/arranger.ts';
import { tabSeparated } from '../arrange/tab-separated.ts';
import type { CopiedRows, CopyRequest } from '../arrange/tab-separated.ts';
import { orderColumns } from '../column-order.ts';
import type { ExportScope } from '../export/export-plan.ts';
import type { ExportSource } from '../export/write-export.ts';
import { cellText } from '../cell-text.ts';
import { HEAD_ROWS } from '../head-rows.ts';
import type { DomainHead } from '../head-rows.ts';
import { shownCell } from '../record-cell.ts';
import { TIMELINE_DOMAINS } from '../timeline/timeline.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { readTimeline } from '../timeline/timeline-reader.ts';
import type { DomainSnapshot, RowsAnswer, StreamSnapshot } from '../trace-snapshot.ts';

export interface JobRecordsParts {
  readonly jobId: string;
  readonly source: StreamSource;
  readonly raw: RawStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly changed: () => void;
  /** As `changed`, but to be told at once: which domains there are, so that there is room for rows before they come. */
  readonly changedNow: () => void;
  /** A domain has its first rows: what is to be told now and not with what comes next. */
  readonly appeared: (head: DomainHead) => void;
}

/** Rows copied before other messages get their turn. */
const COPY_SLICE_ROWS = 500;

/** The records of one job: read from its stream, kept, filtered, and handed out row by row. */
export class JobRecords {
  readonly jobId: string;
  readonly reader: StreamReader;
  readonly #store: BatchStore;
  readonly #parts: JobRecordsParts;
  readonly #arranger: Arranger;
  readonly #columns = new Map<Domain, string[]>();
  #timelineStop = new AbortController();
  #filter: { readonly scan: RecordsFilter; readonly containers: ReadonlySet<string> } | undefined;
  #filterRevision = 0;
  #scanning = false;
  #isScanAsked = false;
  #hasReadFailed = false;
  #isClosed = false;
  #generation = 0;
  #outcome: StreamOutcome | undefined;
  #cancelled: StreamOutcome | undefined;

  constructor(parts: JobRecordsParts) {
    this.jobId = parts.jobId;
    this.#parts = parts;
    this.#store = new BatchStore(parts.raw);
    const { source, clock, random, changed } = parts;
    this.#arranger = new Arranger({ store: this.#store, clock, changed });
    this.reader = new StreamReader(
      { source, store: this.#store, sha256: platformSha256, clock, random },
      { begun: parts.changedNow, committed: () => this.#arrived(), dropped: () => this.#drop(), changed },
    );
  }

  async read(signal: AbortSignal): Promise<StreamOutcome> {
    const outcome = await this.reader.read(signal);
    this.#outcome = outcome.type === 'stopped' ? (this.#cancelled ?? outcome) : outcome;
    this.#parts.changed();
    return this.#outcome;
  }

  /** The job was cancelled, which its stream has not said yet: a reading that stops now ended by that. */
  tellCancelled(database: DatabaseOutcome): void {
    this.#cancelled = { type: 'cancelled', database };
  }

  /** Shows only records of these containers, or all again. */
  setFilter(containers: readonly string[] | undefined): void {
    this.#filter =
      containers === undefined ? undefined : { scan: new RecordsFilter(containers), containers: new Set(containers) };
    this.#filterRevision++;
    this.#arranger.setContainers(containers);
    this.scan();
    this.#parts.changed();
  }

  /** Sorts and filters a domain, or shows it as it came. */
  arrange(domain: Domain, spec: ArrangeSpec): void {
    this.#arranger.arrange(domain, spec);
  }

  /** Stops sorting and filtering a domain where it is, or goes on. */
  setArrangingStopped(domain: Domain, isStopped: boolean): void {
    this.#arranger.setStopped(domain, isStopped);
  }

  /** Rows `from` … of what the filters leave, in their order. Only these are parsed. */
  async rows(domain: Domain, from: number, count: number): Promise<RowsAnswer> {
    const columns = await this.#columnsOf(domain);
    const records = await this.#read(domain, this.#places(domain, from, count));
    return { from, rows: records.map((record) => columns.map((column) => shownCell(record, column))) };
  }

  /** Rows as tab-separated text, read in slices. */
  async copy(domain: Domain, { from, count, columns, labels }: CopyRequest): Promise<CopiedRows> {
    // Taken at once: other rows may be shown before the last of these is read.
    const places = this.#places(domain, from, count);
    const lines = labels === undefined ? [] : [tabSeparated(labels)];
    for (let at = 0; at < places.length; at += COPY_SLICE_ROWS) {
      const records = await this.#read(domain, places.subarray(at, at + COPY_SLICE_ROWS));
      for (const record of records)
        lines.push(tabSeparated(columns.map((column) => cellText(shownCell(record, column)))));
      await new Promise<void>((resolve) => this.#parts.clock.after(0, resolve));
    }
    return { text: lines.join('\r\n'), rows: lines.length - (labels === undefined ? 0 : 1) };
  }

  /**
   * The timeline of the lots from one on, of what has arrived by now. Asking again gives up what was asked before.
   *
   * @returns `undefined` when it was given up.
   */
  async timeline(lotsFrom: number): Promise<Timeline | undefined> {
    this.#timelineStop.abort();
    const stop = new AbortController();
    this.#timelineStop = stop;
    const loads = TIMELINE_DOMAINS.find((domain) => this.#store.records(domain) > 0) ?? TIMELINE_DOMAINS[0];
    const { clock } = this.#parts;
    const source = { store: this.#store, clock, loads, containers: this.#filter?.containers, lotsFrom };
    try {
      return await readTimeline(source, stop.signal);
    } catch (thrown) {
      if (stop.signal.aborted) return undefined;
      throw thrown;
    }
  }

  /** Every record of a domain, for the small sets that the page works with as a whole. */
  async all(domain: Domain): Promise<Record<string, unknown>[]> {
    return this.#store.read(domain, range(0, this.#store.records(domain)));
  }

  /** What an export of this domain holds if it begins now. Its walk fails when the reading starts over. */
  async exportSource(domain: Domain, scope: ExportScope): Promise<ExportSource> {
    const columns = await this.#columnsOf(domain);
    const entries = this.#store.entries(domain);
    const arranged = scope === 'shown' ? this.#arranger.places(domain, 0, this.#store.records(domain)) : undefined;
    if (arranged !== undefined) {
      return { records: arranged.length, columns, walk: () => this.#store.walkAnywhere(entries, arranged) };
    }
    const filter = scope === 'shown' ? this.#filter?.scan : undefined;
    const records = filter?.matches(domain) ?? this.#store.records(domain);
    const places = filter?.places(domain, 0, records) ?? range(0, records);
    return { records, columns, walk: () => this.#store.walk(entries, places) };
  }

  /** The numbers of the records that stand in these rows. */
  #places(domain: Domain, from: number, count: number): Uint32Array {
    const arranged = this.#arranger.places(domain, from, count);
    if (arranged !== undefined) return arranged;
    const rows = Math.max(0, Math.min(count, this.#store.records(domain) - from));
    return this.#filter?.scan.places(domain, from, count) ?? Uint32Array.from({ length: rows }, (_, row) => from + row);
  }

  async #read(domain: Domain, places: Uint32Array): Promise<Record<string, unknown>[]> {
    const isAnywhere = this.#filter !== undefined || this.#arranger.snapshot(domain)?.rows !== undefined;
    return isAnywhere ? this.#store.pick(domain, places) : this.#store.read(domain, places);
  }

  /** Columns are those of the first record: every record of a domain has the same ones. */
  async #columnsOf(domain: Domain): Promise<string[]> {
    const known = this.#columns.get(domain);
    if (known !== undefined) return known;
    const [first] = await this.#store.read(domain, [0]);
    const columns = orderColumns(Object.keys(first ?? {}));
    if (first !== undefined) this.#columns.set(domain, columns);
    return columns;
  }

  /** Learns columns of new domains and lets the filter catch up; one walk at a time, in slices. What failed is tried again. */
  scan(): void {
    this.#isScanAsked = true;
    if (!this.#scanning) void this.#scan();
  }

  snapshot(): StreamSnapshot {
    const { ledger, connection, damagedReadings, resumes } = this.reader;
    const progress = ledger.progress;
    return {
      jobId: this.jobId,
      kind: ledger.meta?.kind,
      connection,
      outcome: this.#outcome,
      records: ledger.domains.reduce((sum, { domain }) => sum + this.#store.records(domain), 0),
      bytes: this.reader.committedBytes,
      percent: progress?.percent ?? null,
      recordsPerSecond: progress?.records_per_second ?? null,
      etaSeconds: progress?.eta_seconds ?? null,
      domains: ledger.domains.map((domain) => this.#domainSnapshot(domain.domain, domain)),
      warnings: ledger.warnings.map(({ code, domain, detail }) => ({ code, domain, detail })),
      damagedReadings,
      resumes,
      generation: this.#generation,
      filterContainers: this.#filter?.containers.size,
      filterRevision: this.#filterRevision,
      hasReadFailed: this.#hasReadFailed,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#filter = undefined;
    this.#timelineStop.abort();
    this.#arranger.clear();
    await this.#store.close();
  }

  #domainSnapshot(domain: Domain, known: StreamReader['ledger']['domains'][number]): DomainSnapshot {
    const filter = this.#filter?.scan;
    return {
      domain,
      records: this.#store.records(domain),
      shown: filter?.matches(domain) ?? this.#store.records(domain),
      filtered: filter?.isCurrent(this.#store, domain) ?? true,
      ended: known.end !== undefined,
      failedContainers: known.end?.containers.failed ?? 0,
      columns: this.#columns.get(domain) ?? [],
      arranged: this.#arranger.snapshot(domain),
    };
  }

  #arrived(): void {
    this.scan();
    this.#arranger.wake();
  }

  #drop(): void {
    this.#timelineStop.abort();
    this.#generation++;
    this.#columns.clear();
    if (this.#filter !== undefined) this.#filter = { ...this.#filter, scan: this.#filter.scan.again() };
    this.#arranger.restart();
  }

  async #scan(): Promise<void> {
    this.#scanning = true;
    this.#hasReadFailed = false;
    const slices = new Slices(this.#parts.clock);
    // What arrives behind the last look is looked at as well.
    while (this.#isScanAsked) {
      this.#isScanAsked = false;
      while (await this.#scanNextOrFail()) if (await slices.pause()) this.#parts.changed();
    }
    this.#scanning = false;
    this.#parts.changed();
  }

  async #scanNextOrFail(): Promise<boolean> {
    const generation = this.#generation;
    try {
      return await this.#scanNext();
    } catch {
      if (this.#isClosed) return false;
      // What was being read was dropped: there is something else to look at, or nothing.
      if (generation !== this.#generation) return true;
      this.#hasReadFailed = true;
      this.#isScanAsked = false;
      return false;
    }
  }

  async #scanNext(): Promise<boolean> {
    for (const { domain } of this.reader.ledger.domains) {
      if (this.#store.entries(domain).length > 0 && !this.#columns.has(domain)) {
        await this.#columnsOf(domain);
        this.#parts.appeared({ domain, ...(await this.rows(domain, 0, HEAD_ROWS)) });
        return true;
      }
      if ((await this.#filter?.scan.scanNext(this.#store, domain)) === true) return true;
    }
    return false;
  }
}

function range(from: number, count: number): Iterable<number> {
  return {
    *[Symbol.iterator]() {
      for (let place = from; place < from + count; place++) yield place;
    },
  };
}
