import type { Domain } from '#protocol/domain.ts';
import type { JobStatus } from '#protocol/job.ts';
import type { Kind } from '#protocol/kind.ts';
import type { Pagination, Query } from '#protocol/query-tool.ts';
import type { SealedChunk } from './log-rows.ts';

/**
 * Bodies that are cut out of stored chunks: literal JSON text around byte slices of records lines. Planned here, pure;
 * read and sent one part at a time by `body-stream.ts`, so that no answer is ever held whole.
 */
export type BodyPart = string | ChunkSlice;

/** Records `from … from + count` of a chunk, counted within it. */
export interface ChunkSlice {
  readonly chunk: SealedChunk;
  readonly from: number;
  readonly count: number;
}

/** What joins two slices: as within a line. */
const SEPARATOR = ',\t';

export interface Page {
  readonly domain: Domain;
  readonly offset: number;
  readonly limit: number;
  readonly total: number;
  readonly complete: boolean;
}

/** One page of `/result`. `chunks`: those that hold any of its records, in order. */
export function pageParts(page: Page, chunks: readonly SealedChunk[]): BodyPart[] {
  const { domain, offset, limit, total, complete } = page;
  const head = JSON.stringify({ domain, offset, limit, total, complete });
  return [`${head.slice(0, -1)},"data":[`, ...joined(slicesOf(page, chunks)), ']}'];
}

function slicesOf({ offset, limit }: Pick<Page, 'offset' | 'limit'>, chunks: readonly SealedChunk[]): ChunkSlice[] {
  return chunks.map((chunk) => {
    const from = Math.max(0, offset - chunk.firstRecord);
    return { chunk, from, count: Math.min(chunk.count, offset + limit - chunk.firstRecord) - from };
  });
}

/** A page of a query's rows. `page` counts from 1. */
export interface QueryPage {
  readonly query: Query;
  readonly page: number;
  readonly perPage: number;
  /** Rows of all pages. */
  readonly total: number;
}

/** Where a page begins, and how many rows it can have. */
export function extentOf({ page, perPage }: Pick<QueryPage, 'page' | 'perPage'>): Pick<Page, 'offset' | 'limit'> {
  return { offset: (page - 1) * perPage, limit: perPage };
}

/** The answer of a query in one body; `chunks` and `aggregation` as above. */
export function queryAnswerParts(
  status: JobStatus,
  page: QueryPage,
  content: { readonly chunks: readonly SealedChunk[]; readonly aggregation: string },
): BodyPart[] {
  const { query, perPage, total } = page;
  const pagination: Pagination = {
    page: page.page,
    per_page: perPage,
    total,
    total_pages: Math.ceil(total / perPage),
  };
  return [
    `${JSON.stringify({ query, job_id: status.job_id }).slice(0, -1)},"data":[`,
    ...joined(slicesOf(extentOf(page), content.chunks)),
    `],"pagination":${JSON.stringify(pagination)},"quality":${JSON.stringify(status.quality)}`,
    `${membersOf(content.aggregation)}}`,
  ];
}

/** A record set of an answer in one body. */
export interface RecordSet {
  readonly domain: Domain;
  readonly chunks: readonly SealedChunk[];
  readonly records: number;
}

/** `/result` without a domain: every record set of the job. */
export function allRecordsParts(status: JobStatus, complete: boolean, sets: readonly RecordSet[]): BodyPart[] {
  const head = JSON.stringify({ job_id: status.job_id, state: status.state, complete });
  return [`${head.slice(0, -1)},"results":{`, ...resultMembers(sets), '}}'];
}

/** The answer of a stage in one body. `aggregation`: the JSON text of the summary its job ended with. */
export function stageAnswerParts(
  status: JobStatus & { readonly kind: Stage },
  sets: readonly RecordSet[],
  aggregation: string,
): BodyPart[] {
  return STAGE_PARTS[status.kind](status, sets, aggregation);
}

/** Kinds whose answer in one body has every record. */
type Stage = Exclude<Kind, 'query_tool'>;
type StageParts = (status: JobStatus, sets: readonly RecordSet[], aggregation: string) => BodyPart[];

const STAGE_PARTS: Readonly<Record<Stage, StageParts>> = {
  seed_resolve: (status, sets, aggregation) => [
    `{"stage":"seed_resolve","job_id":"${status.job_id}","seed_count":${sets[0]?.records ?? 0},"seeds":[`,
    ...setParts(sets[0]),
    `]${membersOf(aggregation)}}`,
  ],
  lineage: (status, sets, aggregation) => [
    `{"stage":"lineage","job_id":"${status.job_id}","nodes":[`,
    ...setParts(sets.find((set) => set.domain === 'nodes')),
    '],"edges":[',
    ...setParts(sets.find((set) => set.domain === 'edges')),
    `]${membersOf(aggregation)}}`,
  ],
  events: (status, sets, aggregation) => [
    `{"stage":"events","job_id":"${status.job_id}","results":{`,
    ...resultMembers(sets),
    `},"aggregation":${aggregation || 'null'},"quality":${JSON.stringify(status.quality)}}`,
  ],
};

function resultMembers(sets: readonly RecordSet[]): BodyPart[] {
  return sets.flatMap((set, index) => [
    `${index === 0 ? '' : ','}${JSON.stringify(set.domain)}:{"count":${set.records},"data":[`,
    ...setParts(set),
    ']}',
  ]);
}

function setParts(set: RecordSet | undefined): BodyPart[] {
  return joined((set?.chunks ?? []).map((chunk) => ({ chunk, from: 0, count: chunk.count })));
}

function joined(slices: readonly ChunkSlice[]): BodyPart[] {
  return slices.flatMap((slice, index) => (index === 0 ? [slice] : [SEPARATOR, slice]));
}

/** The members of a JSON object's text, to stand behind others: `{"a":1}` → `,"a":1`. */
function membersOf(object: string): string {
  const inner = object.trim().slice(1, -1);
  return inner === '' ? '' : `,${inner}`;
}
