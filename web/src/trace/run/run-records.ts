import type { Domain } from '#protocol/domain.ts';
import type { ArrangeSpec } from '../arrange/arrange-spec.ts';
import type { CopiedRows, CopyRequest } from '../arrange/tab-separated.ts';
import type { ExportRequest } from '../export/export-plan.ts';
import type { FilledFile } from '../export/run-export.ts';
import type { JobRecords } from './job-records.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { RowsAnswer, StreamSnapshot } from '../trace-snapshot.ts';

/** The records of a run, of whichever job they are: how they are to be looked at holds for those of the next job too. */
export class RunRecords {
  #present: JobRecords | undefined;
  /** What is to be shown, also of records that are not there yet. */
  #containers: readonly string[] | undefined;
  readonly #specs = new Map<Domain, ArrangeSpec>();

  get present(): JobRecords | undefined {
    return this.#present;
  }

  snapshot(): StreamSnapshot | undefined {
    return this.#present?.snapshot();
  }

  /** Those that were there before are closed. */
  async replace(records: JobRecords): Promise<void> {
    const former = this.#present;
    this.#present = records;
    await former?.close();
    if (this.#containers !== undefined) records.setFilter(this.#containers);
    for (const [domain, spec] of this.#specs) records.arrange(domain, spec);
  }

  async close(): Promise<void> {
    await this.#present?.close();
  }

  retryNow(): void {
    this.#present?.reader.retryNow();
  }

  /** Tries again to read back what could not be read. */
  scanAgain(): void {
    this.#present?.scan();
  }

  setFilter(containers: readonly string[] | undefined): void {
    this.#containers = containers;
    this.#present?.setFilter(containers);
  }

  arrange(domain: Domain, spec: ArrangeSpec): void {
    this.#specs.set(domain, spec);
    this.#present?.arrange(domain, spec);
  }

  setArrangingStopped(domain: Domain, isStopped: boolean): void {
    this.#present?.setArrangingStopped(domain, isStopped);
  }

  async rows(domain: Domain, from: number, count: number): Promise<RowsAnswer> {
    const records = this.#present;
    const nothing = { from, rows: [] };
    try {
      return (await records?.rows(domain, from, count)) ?? nothing;
    } catch (thrown) {
      // Records that have given way to others are closed, also for whoever was just reading them.
      if (records === this.#present) throw thrown;
      return nothing;
    }
  }

  async copy(domain: Domain, request: CopyRequest): Promise<CopiedRows> {
    return (await this.#present?.copy(domain, request)) ?? { text: '', rows: 0 };
  }

  async timeline(lotsFrom: number): Promise<Timeline | undefined> {
    return await this.#present?.timeline(lotsFrom);
  }

  /** `undefined` when there are no records yet. */
  async exportFiles({ files, scope }: Pick<ExportRequest, 'files' | 'scope'>): Promise<FilledFile[] | undefined> {
    const records = this.#present;
    if (records === undefined) return undefined;
    return Promise.all(
      files.map(async (file) => ({ ...file, source: await records.exportSource(file.domain, scope) })),
    );
  }
}
