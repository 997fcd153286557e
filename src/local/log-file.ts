import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

/** A forgotten machine must not fill its disk with a log that nobody reads. */
const MAX_LOG_BYTES = 100 * 1024 * 1024;

export interface LogFile {
  write(line: string): void;
  close(): void;
}

/** A log that begins anew with every start and stops growing at its limit. Written at once: nothing is held in memory. */
export function openLogFile(file: string): LogFile {
  mkdirSync(path.dirname(file), { recursive: true });
  const descriptor = openSync(file, 'w');
  let writtenBytes = 0;
  return {
    write(line) {
      if (writtenBytes < MAX_LOG_BYTES) writtenBytes += writeSync(descriptor, `${line}\n`);
    },
    close: () => closeSync(descriptor),
  };
}
