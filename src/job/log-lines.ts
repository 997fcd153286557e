import type { JobEventOf } from '#protocol/job-event.ts';
import type { Quality } from '#protocol/job.ts';
import { createHash } from 'node:crypto';
import type { DomainRow } from './log-rows.ts';
import type { JobLife } from './job-life.ts';

/**
 * The lines that end a domain and a job. Pure: what they say follows from the rows alone, so a repeated or a late call
 * writes the same line.
 */

/** SHA-256 of a text, lower-case hex. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** `chunkDigests`: the hex digests of the domain's chunks in batch order, concatenated. */
export function domainEndLine(row: DomainRow, idCount: number, chunkDigests: string): JobEventOf<'domain_end'> {
  const failed = row.outcome?.status === 'failed' ? Math.max(0, idCount - row.idsDone) : 0;
  const empty = Math.max(0, idCount - failed - row.containersFound);
  return {
    type: 'domain_end',
    domain: row.name,
    total_records: row.records,
    containers: { requested: idCount, found: row.containersFound, empty, failed },
    sha256: sha256Hex(chunkDigests),
  };
}

/** What a domain that did not end whole has to say in front of its `domain_end`. */
export function domainWarningLine(row: DomainRow): JobEventOf<'warning'> | undefined {
  if (!row.outcome || row.outcome.status === 'complete') return undefined;
  const failed = row.outcome.status === 'failed';
  return {
    type: 'warning',
    code: failed ? 'DOMAIN_FAILED' : (row.outcome.code ?? 'DOMAIN_TRUNCATED'),
    domain: row.name,
    detail: row.outcome.detail ?? (failed ? 'This domain could not be read.' : 'This domain was cut short.'),
  };
}

export function qualityOf(rows: readonly DomainRow[]): Quality {
  const named = (status: string) => rows.filter((row) => row.outcome?.status === status).map((row) => row.name);
  const failed = named('failed');
  const truncated = named('truncated');
  const all = failed.length === rows.length;
  const status = all ? 'failed' : failed.length > 0 ? 'partial' : truncated.length > 0 ? 'truncated' : 'complete';
  return { status, failed_domains: failed, truncated_domains: truncated };
}

export interface TerminalFacts {
  readonly life: JobLife;
  readonly domains: readonly DomainRow[];
  /** Each domain's concatenated chunk digests, in the order of `domains`. */
  readonly chunkDigests: readonly string[];
}

/** The one line a complete stream ends with. */
export function terminalLine(facts: TerminalFacts): JobEventOf<'complete' | 'cancelled' | 'error'> {
  const { life, domains } = facts;
  const totals = {
    total_records: domains.reduce((sum, row) => sum + row.records, 0),
    sha256: sha256Hex(facts.chunkDigests.map(sha256Hex).join('')),
  };
  const elapsed = { elapsed_seconds: ((life.endedAtMs ?? life.createdAtMs) - life.createdAtMs) / 1000 };
  if (life.state === 'cancelled') {
    return { type: 'cancelled', ...totals, ...elapsed, database: life.database ?? 'unconfirmed' };
  }
  if (life.state === 'succeeded' || life.state === 'partial') {
    return { type: 'complete', state: life.state, ...totals, ...elapsed, quality: qualityOf(domains) };
  }
  const error = life.error ?? { code: 'INTERNAL', detail: 'The job failed.', retryable: false };
  return { type: 'error', ...error, ...totals };
}
