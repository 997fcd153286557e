import type { Domain } from '#protocol/domain.ts';
import type { Language } from '../../i18n/format.ts';
import type { ClientProblem } from '../../stream/client-problem.ts';
import type { TraceSnapshot } from '../trace-snapshot.ts';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** `shown`: what the filters leave, in the order and with the columns of the grid. */
export const EXPORT_SCOPES = ['shown', 'whole'] as const;
export type ExportScope = (typeof EXPORT_SCOPES)[number];

/** How much of a domain an export can have; everything but `complete` is said in the file's name. */
export const COMPLETENESS = ['complete', 'truncated', 'incomplete', 'so_far'] as const;
export type Completeness = (typeof COMPLETENESS)[number];

export interface ExportRequest {
  readonly domain: Domain;
  readonly scope: ExportScope;
  readonly format: ExportFormat;
  /** Those of the grid in their order; absent: all, as the warehouse has them. */
  readonly columns?: readonly string[];
  /** CSV only: columns by the warehouse's names, and cells as they are, formulas too. */
  readonly raw: boolean;
  /** Of the headers. */
  readonly language: Language;
}

export interface ExportProgress {
  /** Of all that has to be done, reading the records twice for Parquet included. */
  readonly percent: number;
  readonly bytes: number;
}

export type ExportOutcome =
  | { readonly type: 'saved'; readonly records: number; readonly bytes: number; readonly blob: Blob | undefined }
  | { readonly type: 'cancelled' }
  | { readonly type: 'failed'; readonly problem: ClientProblem };

/**
 * What is known of a domain's completeness. Only a stream that ended well, and whose digest was checked, has a complete
 * domain; lots or a lineage that were cut gave the events too few containers.
 */
export function judgeCompleteness(snapshot: Pick<TraceSnapshot, 'stream' | 'cuts'>, domain: Domain): Completeness {
  const outcome = snapshot.stream?.outcome;
  if (outcome === undefined) return 'so_far';
  if (outcome.type !== 'complete') return 'incomplete';
  const { status, failed_domains: failed, truncated_domains: truncated } = outcome.quality;
  const isNamed = failed.length + truncated.length > 0;
  if (status === 'failed' || failed.includes(domain)) return 'incomplete';
  if (truncated.includes(domain) || snapshot.cuts.length > 0) return 'truncated';
  if (status === 'complete' || isNamed) return 'complete';
  return status === 'truncated' ? 'truncated' : 'incomplete';
}

const JOB_ID_CHARS = 8;

/** A name that says what is in the file, and what is not. */
export function exportFileName(
  request: Pick<ExportRequest, 'domain' | 'format' | 'scope'>,
  jobId: string,
  completeness: Completeness,
  part?: { readonly at: number; readonly count: number },
): string {
  const parts = ['lotstream', request.domain, jobId.slice(0, JOB_ID_CHARS)];
  if (part !== undefined) parts.push(`part-${part.at}-of-${part.count}`);
  if (request.scope === 'shown') parts.push('selection');
  if (completeness !== 'complete') parts.push(completeness.replace('_', '-'));
  return `${parts.join('-')}.${request.format}`;
}
