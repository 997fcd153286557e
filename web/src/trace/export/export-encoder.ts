import type { Bytes } from '../../stream/bytes.ts';

/** Turns records into the bytes of a file. Records are JSON objects in UTF-8, as they came. */
export interface ExportEncoder {
  /** Set by formats that must have seen every record before they write the first. */
  readonly learn?: (records: readonly Bytes[]) => void;
  readonly encode: (records: readonly Bytes[]) => Bytes;
  /** What follows the last record. */
  readonly finish: () => Bytes;
}
