import type { Domain } from '#protocol/domain.ts';
import type { Language } from '../../i18n/format.ts';
import type { ClientProblem } from '../../stream/client-problem.ts';
import type { TraceSnapshot } from '../trace-snapshot.ts';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * `shown`: what the filters leave of one kind of records, in the order and with the columns of the grid. `whole`: all of
 * that kind. `everything`: all of every kind, an archive with a file for each.
 */
export const EXPORT_SCOPES = ['shown', 'whole', 'everything'] as const;
export type ExportScope = (typeof EXPORT_SCOPES)[number];

/**
 * How much of a domain an export can have, from all of it to least; everything but `complete` is said in the file's name.
 * `unsettled`: not every record that came has been sorted or filtered.
 */
export const COMPLETENESS = ['complete', 'truncated', 'incomplete', 'unsettled', 'so_far'] as const;
export type Completeness = (typeof COMPLETENESS)[number];

/** One kind of records, and the name that its file has by itself or in an archive. */
export interface ExportFile {
  readonly domain: Domain;
  readonly name: string;
}

export interface ExportRequest {
  /** One, or those of an archive. */
  readonly files: readonly ExportFile[];
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

/** What can be said of several of them together. */
export function leastOf(each: readonly Completeness[]): Completeness {
  return COMPLETENESS[Math.max(0, ...each.map((one) => COMPLETENESS.indexOf(one)))] ?? 'complete';
}

const JOB_ID_CHARS = 8;

export interface NamedResult {
  readonly jobId: string;
  /** Of a trace that is read by several jobs. */
  readonly part: { readonly at: number; readonly count: number } | undefined;
  readonly completeness: Completeness;
}

/** The name of a file says what is in it, and what is not. */
export function exportFileName(
  { domain, scope, format }: Pick<ExportFile, 'domain'> & Pick<ExportRequest, 'scope' | 'format'>,
  result: NamedResult,
): string {
  return `${nameOf([domain], result, scope === 'shown' ? ['selection'] : [])}.${format}`;
}

export function archiveName(result: NamedResult): string {
  return `${nameOf([], result)}.zip`;
}

function nameOf(
  kinds: readonly string[],
  { jobId, part, completeness }: NamedResult,
  marks: readonly string[] = [],
): string {
  const parts = ['lotstream', ...kinds, jobId.slice(0, JOB_ID_CHARS)];
  if (part !== undefined) parts.push(`part-${part.at}-of-${part.count}`);
  parts.push(...marks);
  if (completeness !== 'complete') parts.push(completeness.replace('_', '-'));
  return parts.join('-');
}
