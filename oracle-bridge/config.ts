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
import type { SeedLimits } from './trace/seed-limits.ts';
import { DEFAULT_SEED_LIMITS } from './trace/seed-limits.ts';

/**
 * Everything the daemon may be told, all of it by environment variables. `.env.example` is printed from this table
 * (`oracle-bridge env`), so a variable cannot be missing there.
 */
interface Variable<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly description: string;
  /** Written into `.env.example`; the value of an absent variable unless that is required or optional. */
  readonly example: string;
  readonly presence: 'required' | 'optional' | 'default';
}

function required<Schema extends z.ZodType>(schema: Schema, example: string, description: string) {
  return { schema, example, description, presence: 'required' } as const satisfies Variable<Schema>;
}

function optional<Schema extends z.ZodType>(schema: Schema, example: string, description: string) {
  return {
    schema: schema.optional(),
    example,
    description,
    presence: 'optional',
  } as const satisfies Variable<z.ZodType>;
}

function withDefault<Schema extends z.ZodType>(schema: Schema, example: string, description: string) {
  return { schema, example, description, presence: 'default' } as const satisfies Variable<Schema>;
}

function whole(min: number, max: number) {
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}

const edgeUrlSchema = z
  .string()
  .refine(isOrigin, 'must be an http or https address without a path, such as https://lotstream.example.com');

/** Containers of one search are held in memory and sorted. */
const MAX_FOUND_CONTAINERS = 100_000;

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
  WAREHOUSE: withDefault(z.enum(['duckdb']), 'duckdb', 'Which warehouse is read: duckdb.'),
  DUCKDB_FILE: required(
    z.string(),
    '/var/lib/lotstream/warehouse.duckdb',
    'DuckDB file with the tables of the warehouse; opened read-only.',
  ),
  DUCKDB_MEMORY_LIMIT: withDefault(
    z.string().regex(/^[1-9][0-9]{0,5}(KB|MB|GB|KiB|MiB|GiB)$/, 'must be a size such as 1GB'),
    '1GB',
    'Memory DuckDB may use in each job worker, with its unit; there are as many workers as slots.',
  ),
  DUCKDB_THREADS: withDefault(whole(1, 64), '2', 'Threads DuckDB may use in each job worker.'),
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

type VariableName = keyof typeof VARIABLES;
type Values = { [Name in VariableName]: z.output<(typeof VARIABLES)[Name]['schema']> };
export type LogLevel = Values['LOG_LEVEL'];
export type Environment = Readonly<Record<string, string | undefined>>;

export interface BridgeConfig {
  /** Origin without a slash at its end. */
  readonly edgeUrl: string;
  readonly site: string;
  readonly bridgeId: string;
  readonly privateKey: { readonly file: string } | { readonly jwk: string };
  readonly warehouse: WarehouseConfig;
  readonly slots: { readonly interactive: number; readonly batch: number };
  readonly batchRecords: number;
  readonly uploadConnections: number;
  readonly statementTimeoutMs: number;
  readonly seedLimits: SeedLimits;
  readonly shutdownGraceMs: number;
  /** Unix niceness of the processes of long jobs. */
  readonly batchNiceness: number;
  readonly jobHeapMb: number;
  /** 0: no limit. */
  readonly maxRssBytes: number;
  readonly logLevel: LogLevel;
}

export interface WarehouseConfig {
  readonly kind: 'duckdb';
  readonly file: string;
  readonly memoryLimit: string;
  readonly threads: number;
}

/** What is wrong with the configuration, one plain line a variable; values are not repeated. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/**
 * Empty variables count as absent.
 * @throws ConfigError with every problem, not just the first.
 */
export function parseConfig(environment: Environment): BridgeConfig {
  const lines: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const given = environment[name]?.trim() || undefined;
    if (given === undefined && variable.presence === 'required') {
      lines.push(`${name} is missing: ${variable.description}`);
      continue;
    }
    const parsed = variable.schema.safeParse(given ?? (variable.presence === 'default' ? variable.example : undefined));
    if (parsed.success) values[name] = parsed.data;
    else lines.push(`${name} ${parsed.error.issues[0]?.message ?? 'is not valid'}`);
  }
  const config = values as Partial<Values>;
  lines.push(...findConflicts(config));
  if (lines.length > 0) throw new ConfigError(lines);
  return toConfig(config as Values);
}

function findConflicts(values: Partial<Values>): string[] {
  const lines: string[] = [];
  const { BRIDGE_PRIVATE_KEY_FILE: file, BRIDGE_PRIVATE_KEY_JWK: jwk } = values;
  if ((file === undefined) === (jwk === undefined)) {
    lines.push('BRIDGE_PRIVATE_KEY_FILE or BRIDGE_PRIVATE_KEY_JWK must be given, and not both');
  }
  if (values.SLOTS_INTERACTIVE === 0 && values.SLOTS_BATCH === 0) {
    lines.push('SLOTS_INTERACTIVE and SLOTS_BATCH must not both be 0: the bridge could run nothing');
  }
  return lines;
}

function toConfig(values: Values): BridgeConfig {
  return {
    edgeUrl: new URL(values.EDGE_URL).origin,
    site: values.SITE,
    bridgeId: values.BRIDGE_ID,
    privateKey:
      values.BRIDGE_PRIVATE_KEY_FILE === undefined
        ? { jwk: values.BRIDGE_PRIVATE_KEY_JWK ?? '' }
        : { file: values.BRIDGE_PRIVATE_KEY_FILE },
    warehouse: {
      kind: values.WAREHOUSE,
      file: values.DUCKDB_FILE,
      memoryLimit: values.DUCKDB_MEMORY_LIMIT,
      threads: values.DUCKDB_THREADS,
    },
    slots: { interactive: values.SLOTS_INTERACTIVE, batch: values.SLOTS_BATCH },
    batchRecords: values.TRACE_STREAM_BATCH_SIZE,
    uploadConnections: values.UPLOAD_CONNECTIONS,
    statementTimeoutMs: values.STATEMENT_TIMEOUT_SECONDS * 1000,
    seedLimits: {
      maxValues: values.CONTAINER_RESOLVE_INPUT_MAX_VALUES,
      minPatternLiterals: values.CONTAINER_RESOLVE_PATTERN_MIN_PREFIX_LEN,
      maxMatchesPerPattern: values.CONTAINER_RESOLVE_MAX_EXPANSION_PER_TOKEN,
      maxSeeds: values.CONTAINER_RESOLVE_MAX_CONTAINER_IDS,
    },
    shutdownGraceMs: values.SHUTDOWN_GRACE_SECONDS * 1000,
    batchNiceness: values.BATCH_NICENESS,
    jobHeapMb: values.JOB_HEAP_MB,
    maxRssBytes: values.MAX_RSS_MB * 1024 * 1024,
    logLevel: values.LOG_LEVEL,
  };
}

function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && !url.search && !url.username
  );
}
