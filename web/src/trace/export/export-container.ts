import type { Bytes } from '../../stream/bytes.ts';

/** How the files of an export lie in what is saved. Each call gives the bytes that are to be written next. */
export interface ExportContainer {
  /** Begins a file; the one before has ended. */
  readonly begin: (name: string) => void;
  readonly add: (bytes: Bytes) => readonly Bytes[];
  readonly end: () => readonly Bytes[];
  /** What follows the last file. */
  readonly finish: () => readonly Bytes[];
}

/** What is saved is the one file itself. */
export const BARE_FILE: ExportContainer = {
  begin: () => undefined,
  add: (bytes) => [bytes],
  end: () => [],
  finish: () => [],
};
