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
    options.destination ?? destination({ dest: 1, sync: true }),
  );
}
