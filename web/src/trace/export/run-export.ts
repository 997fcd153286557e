import { csvEncoder } from './csv-encoder.ts';
import { BARE_FILE } from './export-container.ts';
import type { ExportEncoder } from './export-encoder.ts';
import type { ExportFile, ExportOutcome, ExportRequest } from './export-plan.ts';
import { openBlobSink, openFileSink } from './export-sink.ts';
import { ndjsonEncoder } from './ndjson-encoder.ts';
import { parquetEncoder } from './parquet-encoder.ts';
import type { ExportMeans, ExportSource } from './write-export.ts';
import { writeExport } from './write-export.ts';
import { zipArchive } from './zip-archive.ts';

/** A file of an export, and what is to be in it. */
export interface FilledFile extends ExportFile {
  readonly source: ExportSource;
}

/** One export from its sources to its file, or to a blob where there is no file. Never rejects. */
export async function runExport(
  request: ExportRequest,
  files: readonly FilledFile[],
  chosen: FileSystemFileHandle | undefined,
  means: ExportMeans,
): Promise<ExportOutcome> {
  try {
    const parts = files.map(({ name, source }) => ({ name, source, encoder: openEncoder(request, source) }));
    const container = request.scope === 'everything' ? zipArchive() : BARE_FILE;
    const sink = chosen === undefined ? openBlobSink() : await openFileSink(chosen);
    return await writeExport(parts, container, sink, means);
  } catch {
    return { type: 'failed', problem: { code: 'EXPORT_FAILED' } };
  }
}

function openEncoder(request: ExportRequest, source: ExportSource): ExportEncoder {
  const { format, columns = source.columns } = request;
  if (format === 'csv') return csvEncoder(columns, request);
  return format === 'ndjson' ? ndjsonEncoder(request.columns) : parquetEncoder(columns);
}
