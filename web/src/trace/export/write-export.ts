import type { Bytes } from '../../stream/bytes.ts';
import { ClientProblemError } from '../../stream/client-problem.ts';
import type { Clock } from '../../stream/clock.ts';
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

export interface ExportMeans {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly told: (progress: ExportProgress) => void;
}

/** How long an export may keep the thread before other messages get their turn: rows for the grid, a cancel. */
const SLICE_MS = 30;

/** Writes every record of `source`. Holds one batch of lines, and what the encoder keeps. Never rejects. */
export async function writeExport(
  source: ExportSource,
  encoder: ExportEncoder,
  sink: ExportSink,
  { signal, clock, told }: ExportMeans,
): Promise<ExportOutcome> {
  const passes = encoder.learn === undefined ? 1 : 2;
  let done = 0;
  let bytes = 0;
  let sliceEndMs = clock.nowMs() + SLICE_MS;
  const write = async (encoded: Bytes): Promise<void> => {
    if (encoded.length === 0) return;
    bytes += encoded.length;
    await sink.write(encoded).catch((cause: unknown) => {
      throw new ClientProblemError({ code: 'EXPORT_FAILED' }, cause);
    });
  };
  const walk = async (use: (records: readonly Bytes[]) => void | Promise<void>): Promise<void> => {
    for await (const records of source.walk()) {
      signal.throwIfAborted();
      await use(records);
      done += records.length;
      told({ percent: (100 * done) / (passes * Math.max(1, source.records)), bytes });
      if (clock.nowMs() < sliceEndMs) continue;
      await new Promise<void>((resolve) => clock.after(0, resolve));
      sliceEndMs = clock.nowMs() + SLICE_MS;
    }
  };
  try {
    if (encoder.learn !== undefined) await walk(encoder.learn);
    await walk((records) => write(encoder.encode(records)));
    signal.throwIfAborted();
    await write(encoder.finish());
    signal.throwIfAborted();
    const blob = await sink.close().catch((cause: unknown) => {
      throw new ClientProblemError({ code: 'EXPORT_FAILED' }, cause);
    });
    return { type: 'saved', records: source.records, bytes, blob };
  } catch (thrown) {
    await sink.abort().catch(() => undefined);
    return signal.aborted
      ? { type: 'cancelled' }
      : { type: 'failed', problem: ClientProblemError.from(thrown).problem };
  }
}
