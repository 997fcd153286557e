import type { Bytes } from '../../stream/bytes.ts';

/** Where an export goes. Exactly one of `close` and `abort` ends it. */
export interface ExportSink {
  readonly write: (bytes: Bytes) => Promise<void>;
  /** @returns the whole file, where the browser could not write it to disk itself. */
  readonly close: () => Promise<Blob | undefined>;
  readonly abort: () => Promise<void>;
}

/** Small pieces are joined to blobs of this size, which the browser may move out of memory. */
const PART_BYTES = 4_000_000;

/** Writes to the file that the person chose; until the end it is what it was before. */
export async function openFileSink(file: FileSystemFileHandle): Promise<ExportSink> {
  // oxlint-disable-next-line browsers/supported -- A file that was picked can be written where there is a picker.
  const stream = await file.createWritable();
  return {
    write: (bytes) => stream.write(bytes),
    close: async () => {
      await stream.close();
      return undefined;
    },
    abort: () => stream.abort(),
  };
}

/** For browsers without a file picker: a blob, built in parts, that the page offers as a download. */
export function openBlobSink(): ExportSink {
  let parts: Blob[] = [];
  let pieces: Bytes[] = [];
  let pieceBytes = 0;
  const join = (): void => {
    if (pieces.length > 0) parts.push(new Blob(pieces));
    pieces = [];
    pieceBytes = 0;
  };
  return {
    write: async (bytes) => {
      pieces.push(bytes);
      pieceBytes += bytes.length;
      if (pieceBytes >= PART_BYTES) join();
    },
    close: async () => {
      join();
      return new Blob(parts);
    },
    abort: async () => {
      parts = [];
      pieces = [];
    },
  };
}
