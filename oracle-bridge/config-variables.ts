import * as z from 'zod';
import { bridgeIdSchema } from '#protocol/bridge-message.ts';
import { siteIdSchema } from '#protocol/ids.ts';
import {
  DEFAULT_BATCH_RECORDS,
  MAX_BATCH_RECORDS,
  MAX_SEED_VALUE_CHARS,
  MAX_SEED_VALUES,
  MIN_PATTERN_LITERAL_CHARS,
} from '#protocol/limits.ts';
import { DEFAULT_SEED_LIMITS } from './trace/seed-limits.ts';

import { optional, required, whole, withDefault } from './config-variable.ts';
import { WAREHOUSE_VARIABLES } from './config-warehouse.ts';

const edgeUrlSchema = z
  .string()
  .refine(isOrigin, 'must be an http or https address without a path, such as https://lotstream.example.com');

/** Containers of one search are held in memory and sorted. */
const MAX_FOUND_CONTAINERS = 100_000;

/**
 * Everything the daemon may be told, all of it by environment variables. `.env.example` is printed from this table
 * (`oracle-bridge env`), so a variable cannot be missing there.
 */
export const VARIABLES = {
  EDGE_URL: required(
    edgeUrlSchema,
    'https://lotstream.example.com',
    'Address of the edge; the bridge only ever connects outwards.',
  ),
  SITE: required(z.string().pipe(siteIdSchema), 'fab1', 'Site this bridge works for, as the edge names it.'),
  BRIDGE_ID: required(
    z.string().pipe(bridgeIdSchema),
    'fab1-bridge-1',
    'Name of this bridge; its public key is filed under it at the edge.',
  ),
  BRIDGE_PRIVATE_KEY_FILE: optional(
    z.string(),
    '/etc/lotstream/bridge-key.json',
    'File with the private Ed25519 key of this bridge, a JWK with a kid. Either this or BRIDGE_PRIVATE_KEY_JWK.',
  ),
  BRIDGE_PRIVATE_KEY_JWK: optional(
    z.string(),
    '{"kty":"OKP","crv":"Ed25519","kid":"…","x":"…","d":"…"}',
    'The key itself, where secrets come as variables. Either this or BRIDGE_PRIVATE_KEY_FILE.',
  ),
  ...WAREHOUSE_VARIABLES,
  SLOTS_INTERACTIVE: withDefault(
    whole(0, 32),
    '2',
    'Short jobs run at once; their slots are never taken by long ones.',
  ),
  SLOTS_BATCH: withDefault(whole(0, 32), '2', 'Long jobs run at once.'),
  TRACE_STREAM_BATCH_SIZE: withDefault(
    whole(1, MAX_BATCH_RECORDS),
    String(DEFAULT_BATCH_RECORDS),
    'Most records of one chunk. A job brings its own number, fixed when it was submitted; the smaller one counts.',
  ),
  UPLOAD_CONNECTIONS: withDefault(
    whole(1, 16),
    '4',
    'Connections to the edge of one running job; also chunks it uploads at once.',
  ),
  STATEMENT_TIMEOUT_SECONDS: withDefault(
    whole(1, 3600),
    '300',
    'Seconds a statement may take before its next rows arrive; then its job fails.',
  ),
  SLOW_STATEMENTS: withDefault(
    whole(1, 64),
    '3',
    'Slow statements, those that scan, that run at once in all jobs together; long jobs leave one to short ones.',
  ),
  CONTAINER_RESOLVE_INPUT_MAX_VALUES: withDefault(
    whole(0, MAX_SEED_VALUES),
    String(DEFAULT_SEED_LIMITS.maxValues),
    `Most values of one search for containers; 0: as many as the edge takes, ${MAX_SEED_VALUES}.`,
  ),
  CONTAINER_RESOLVE_PATTERN_MIN_PREFIX_LEN: withDefault(
    whole(MIN_PATTERN_LITERAL_CHARS, MAX_SEED_VALUE_CHARS),
    String(DEFAULT_SEED_LIMITS.minPatternLiterals),
    `Characters a pattern needs besides its wildcards; the edge takes none with less than ${MIN_PATTERN_LITERAL_CHARS}.`,
  ),
  CONTAINER_RESOLVE_MAX_EXPANSION_PER_TOKEN: withDefault(
    whole(1, MAX_FOUND_CONTAINERS),
    String(DEFAULT_SEED_LIMITS.maxMatchesPerPattern),
    'Most containers of one pattern; what is beyond is left out, which the answer says.',
  ),
  CONTAINER_RESOLVE_MAX_CONTAINER_IDS: withDefault(
    whole(1, MAX_FOUND_CONTAINERS),
    String(DEFAULT_SEED_LIMITS.maxSeeds),
    'Most containers of one search by values; what is beyond is left out, which the answer says.',
  ),
  SHUTDOWN_GRACE_SECONDS: withDefault(
    whole(0, 3600),
    '60',
    'Seconds running jobs may take to end after SIGTERM; then they go to another bridge.',
  ),
  BATCH_NICENESS: withDefault(
    whole(0, 19),
    '19',
    'How far long jobs step back from everything else on this machine, 0 to 19, as nice(1) has it.',
  ),
  JOB_HEAP_MB: withDefault(
    whole(64, 16_384),
    '1024',
    'JavaScript heap of one job in MiB; a job that needs more ends without harm to others.',
  ),
  MAX_RSS_MB: withDefault(
    whole(0, 1_048_576),
    '4096',
    'Memory of the daemon and its job processes in MiB above which no more jobs are taken; 0: no limit.',
  ),
  LOG_LEVEL: withDefault(
    z.enum(['trace', 'debug', 'info', 'warn', 'error']),
    'info',
    'Least level that is logged: trace, debug, info, warn or error.',
  ),
} as const;

function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && !url.search && !url.username
  );
}
