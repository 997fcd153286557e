import { encodeJobEvent } from '#protocol/job-event.ts';
import type { JobStatus } from '#protocol/job.ts';
import type { JobDescription } from './announcer.ts';
import type { VersionedStatus } from './job-api.ts';
import type { JobLedger } from './job-ledger.ts';
import type { JobPace } from './job-pace.ts';
import { etagOf, jobStatus } from './job-status.ts';
import { progressLine } from './progress.ts';

/** A job as others see it: its books, and beside them what is known of its pace. */
export class JobView {
  readonly #ledger: JobLedger;
  readonly #pace: JobPace;

  constructor(ledger: JobLedger, pace: JobPace) {
    this.#ledger = ledger;
    this.#pace = pace;
  }

  status(): JobStatus {
    const { spec, life, domains } = this.#facts();
    return jobStatus({ spec, life, domains, progress: this.#pace.progress(spec, life, domains) });
  }

  versioned(): VersionedStatus {
    const status = this.status();
    return { status, etag: etagOf(status) };
  }

  /** What the Site object is told. */
  describe(): JobDescription {
    return { life: this.#ledger.record.life(), status: this.status(), spec: this.#ledger.spec() };
  }

  /** What readers are told in between. */
  progressLine(): string {
    const { spec, life, domains } = this.#facts();
    return encodeJobEvent(progressLine(this.#pace.progress(spec, life, domains), domains, spec.cid_count));
  }

  #facts() {
    const { record, log } = this.#ledger;
    return { spec: this.#ledger.spec().job, life: record.life(), domains: log.domains() };
  }
}
