import type { SealRequest } from '#protocol/bridge-message.ts';
import type { ResumeMode } from '#protocol/kind.ts';
import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';

/** A domain as sealing and ending see it. */
export interface DomainProgress {
  readonly nextBatch: number;
  readonly idsDone: number;
  readonly records: number;
  readonly ended: boolean;
}

export interface SealFacts {
  readonly domain: DomainProgress;
  /** Records of each staged chunk, by batch. */
  readonly stagedCounts: ReadonlyMap<number, number>;
  readonly resume: ResumeMode;
  readonly idCount: number;
}

export type SealDecision =
  /** The very range was sealed before: answer as then. */
  | { readonly kind: 'repeated' }
  /** Batches `first … last` become visible; `last < first` means a range without records. */
  | { readonly kind: 'seal'; readonly first: number; readonly last: number };

/**
 * Whether a range may be sealed: it begins at the domain's next batch, every chunk of it has arrived, it says the number
 * of records it brings, and (where work resumes by ids) it moves forward.
 * @throws ProblemError `CHUNKS_MISSING` with the list, or `INVALID_PARAMS`.
 */
export function decideSeal(request: SealRequest, facts: SealFacts): SealDecision {
  const { domain, stagedCounts, resume, idCount } = facts;
  const last = request.last_batch ?? request.first_batch - 1;
  if (last < request.first_batch - 1) throw invalid('The range ends before it begins.');
  if (isRepeated(request, last, facts)) return { kind: 'repeated' };
  if (domain.ended) throw invalid('The domain has ended.');
  if (last - request.first_batch >= MAX_STAGED_CHUNKS) throw invalid('The range has more chunks than may be staged.');
  if (request.first_batch !== domain.nextBatch) {
    const mostMissing = domain.nextBatch + MAX_STAGED_CHUNKS - 1;
    throw missing(range(domain.nextBatch, Math.min(request.first_batch - 1, mostMissing)));
  }
  if (request.ids_to > idCount) throw invalid('The range ends behind the last container id.');
  if (resume === 'ids' && request.ids_to <= domain.idsDone) throw invalid('The range covers no new container id.');
  const batches = range(request.first_batch, last);
  const absent = batches.filter((batch) => !stagedCounts.has(batch));
  if (absent.length > 0) throw missing(absent);
  const records = batches.reduce((sum, batch) => sum + (stagedCounts.get(batch) ?? 0), 0);
  if (records !== request.records) throw invalid('The range has another number of records than it says.');
  return { kind: 'seal', first: request.first_batch, last };
}

function isRepeated(request: SealRequest, last: number, { domain, resume }: SealFacts): boolean {
  const covered = last < domain.nextBatch && request.first_batch <= domain.nextBatch;
  if (!covered) return false;
  if (resume === 'ids') return request.ids_to <= domain.idsDone;
  const hasChunks = last >= request.first_batch;
  return hasChunks || (request.ids_to > 0 && request.ids_to <= domain.idsDone);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

function missing(batches: readonly number[]): ProblemError {
  return new ProblemError('CHUNKS_MISSING', 'Chunks of this range have not arrived.', {
    members: { missing: batches },
  });
}

function invalid(detail: string): ProblemError {
  return new ProblemError('INVALID_PARAMS', detail);
}
