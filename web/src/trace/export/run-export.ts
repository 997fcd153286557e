import { csvEncoder } from './csv-encoder.ts';
import type { ExportEncoder } from './export-encoder.ts';
import type { ExportOutcome, ExportRequest } from './export-plan.ts';
import { openBlobSink, openFileSink } from './export-sink.ts';
import { ndjsonEncoder } from './ndjson-encoder.ts';
import { parquetEncoder } from './parquet-encoder.ts';
import type { ExportMeans, ExportSource } from './write-export.ts';
import { writeExport } from './write-export.ts';

/** One export from its source to its file, or to a blob where there is no file. Never rejects. */
export async function runExport(
  request: ExportRequest,
  source: ExportSource,
  file: FileSystemFileHandle | undefined,
  means: ExportMeans,
): Promise<ExportOutcome> {
  try {
    const sink = file === undefined ? openBlobSink() : await openFileSink(file);
    return await writeExport(source, openEncoder(request, source), sink, means);
  } catch {
    return { type: 'failed', problem: { code: 'EXPORT_FAILED' } };
  }
}

function openEncoder(request: ExportRequest, source: ExportSource): ExportEncoder {
  const { format, columns = source.columns } = request;
  if (format === 'csv') return csvEncoder(columns, request);
  return format === 'ndjson' ? ndjsonEncoder(request.columns) : parquetEncoder(columns);
}
