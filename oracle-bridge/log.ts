import { destination, pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { LogLevel } from './config.ts';

export type { Logger } from 'pino';

/**
 * Members that must never reach a log, wherever someone puts them: keys and tokens, and lists of ids, which are large
 * and belong to the plant.
 */
const SECRET_MEMBERS = [
  'authorization',
  'token',
  'nonce',
  'jwk',
  'privateKey',
  'password',
  'walletPassword',
  'ids',
  'container_ids',
  'values',
  'binds',
];

/** Lines that wait because they cannot be written, on a full disk for instance; what comes on top is dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;
const STANDARD_OUTPUT = 1;

export interface LogOptions {
  readonly level: LogLevel | 'silent';
  /** Standard output unless told otherwise. Written at once: a killed process or thread loses no line. */
  readonly destination?: DestinationStream;
}

/** JSON lines; bind `job_id`, `epoch` and `domain` with `child`. */
export function createLogger(options: LogOptions): Logger {
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_MEMBERS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[not logged]' },
    },
    options.destination ?? openOutput(),
  );
}

function openOutput(): DestinationStream {
  const output = destination({ dest: STANDARD_OUTPUT, sync: true, maxLength: MAX_WAITING_BYTES });
  // Jobs are worth more than what is said of them.
  output.on('error', () => undefined);
  return output;
}
