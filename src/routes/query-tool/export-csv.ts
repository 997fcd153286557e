import * as z from 'zod/mini';
import { labelColumn } from '#protocol/column-labels.ts';
import type { JobStatus } from '#protocol/job.ts';
import { resultPageSchema } from '#protocol/job.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { JobReads } from '../../site/steady-reads.ts';
import { readJson } from '../submit/answer-job.ts';
import { BYTE_ORDER_MARK, csvLine } from './csv-text.ts';
import type { ExportCall } from './describe-export.ts';

/** Rows that are held as objects at a time, for one reader. This is the one place of the edge that opens records. */
const PAGE_ROWS = 1000;

/**
 * The rows of a finished query as a CSV file, a page of them at a time: the next one is read when the reader has taken the
 * one before.
 * @throws ProblemError `NOT_FOUND` if there are none.
 */
export async function readCsv(
  job: JobReads,
  status: JobStatus,
  { exportType, language }: Pick<ExportCall, 'exportType' | 'language'>,
): Promise<Response> {
  const first = await readPage(job, 0);
  const [sample] = first;
  if (!sample)
    throw new ProblemError('NOT_FOUND', 'There are no rows to export.', { members: { job_id: status.job_id } });
  const columns = Object.keys(sample);
  const headers = new Headers({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${exportType}.csv"`,
    'content-language': language,
    vary: 'Accept-Language',
    'x-query-quality': status.quality?.status ?? 'failed',
  });
  if (status.quality?.status === 'truncated') headers.set('x-truncated', 'true');
  const head = BYTE_ORDER_MARK + csvLine(columns.map((column) => labelColumn(column, language)));
  return new Response(streamLines(job, { head, columns, first, total: status.domains.rows?.records ?? 0 }), {
    headers,
  });
}

type Rows = readonly Readonly<Record<string, unknown>>[];

interface CsvPlan {
  readonly head: string;
  readonly columns: readonly string[];
  readonly first: Rows;
  readonly total: number;
}

function streamLines(job: JobReads, { head, columns, first, total }: CsvPlan): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const write = (rows: Rows): string => rows.map((row) => csvLine(columns.map((column) => row[column]))).join('');
  let offset = first.length;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(head + write(first)));
      },
      async pull(controller) {
        if (offset >= total) return controller.close();
        const rows = await readPage(job, offset);
        // A file that ends early without a word would look whole.
        if (rows.length === 0) throw new Error('rows of a query went away while they were exported');
        offset += rows.length;
        controller.enqueue(encoder.encode(write(rows)));
      },
    },
    { highWaterMark: 0 },
  );
}

async function readPage(job: JobReads, offset: number): Promise<Rows> {
  const page = await readJson(job, `/result?domain=rows&offset=${offset}&limit=${PAGE_ROWS}`);
  return z.parse(resultPageSchema, await page.json()).data;
}
