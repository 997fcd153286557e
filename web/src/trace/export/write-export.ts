import type { Bytes } from '../../stream/bytes.ts';
import { ClientProblemError } from '../../stream/client-problem.ts';
import type { Clock } from '../../stream/clock.ts';
import type { ExportContainer } from './export-container.ts';
import type { ExportEncoder } from './export-encoder.ts';
import type { ExportOutcome, ExportProgress } from './export-plan.ts';
import type { ExportSink } from './export-sink.ts';

/** The records of an export as they were when it began: what arrives later is not in it. */
export interface ExportSource {
  readonly records: number;
  readonly columns: readonly string[];
  /** The records in small pieces; each call begins at the first one. */
  readonly walk: () => AsyncIterable<readonly Bytes[]>;
}

/** One file of an export. */
export interface ExportPart {
  readonly name: string;
  readonly source: ExportSource;
  readonly encoder: ExportEncoder;
}

export interface ExportMeans {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly told: (progress: ExportProgress) => void;
}

/** How long an export may keep the thread before other messages get their turn: rows for the grid, a cancel. */
const SLICE_MS = 30;

/** Writes every record of every part. Holds one batch of lines, and what an encoder keeps. Never rejects. */
export async function writeExport(
  parts: readonly ExportPart[],
  container: ExportContainer,
  sink: ExportSink,
  { signal, clock, told }: ExportMeans,
): Promise<ExportOutcome> {
  const records = sum(parts.map(({ source }) => source.records));
  const readings = sum(parts.map(({ source, encoder }) => source.records * (encoder.learn === undefined ? 1 : 2)));
  let done = 0;
  let bytes = 0;
  let sliceEndMs = clock.nowMs() + SLICE_MS;
  const write = async (pieces: readonly Bytes[]): Promise<void> => {
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      bytes += piece.length;
      await sink.write(piece).catch((cause: unknown) => {
        throw new ClientProblemError({ code: 'EXPORT_FAILED' }, cause);
      });
    }
  };
  const walk = async (
    source: ExportSource,
    use: (records: readonly Bytes[]) => void | Promise<void>,
  ): Promise<void> => {
    for await (const piece of source.walk()) {
      signal.throwIfAborted();
      await use(piece);
      done += piece.length;
      told({ percent: (100 * done) / Math.max(1, readings), bytes });
      if (clock.nowMs() < sliceEndMs) continue;
      await new Promise<void>((resolve) => clock.after(0, resolve));
      sliceEndMs = clock.nowMs() + SLICE_MS;
    }
  };
  try {
    for (const { name, source, encoder } of parts) {
      if (encoder.learn !== undefined) await walk(source, encoder.learn);
      container.begin(name);
      await walk(source, (piece) => write(container.add(encoder.encode(piece))));
      signal.throwIfAborted();
      await write(container.add(encoder.finish()));
      await write(container.end());
    }
    await write(container.finish());
    signal.throwIfAborted();
    const blob = await sink.close().catch((cause: unknown) => {
      throw new ClientProblemError({ code: 'EXPORT_FAILED' }, cause);
    });
    return { type: 'saved', records, bytes, blob };
  } catch (thrown) {
    await sink.abort().catch(() => undefined);
    return signal.aborted
      ? { type: 'cancelled' }
      : { type: 'failed', problem: ClientProblemError.from(thrown).problem };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
