import type * as z from 'zod';
import { VARIABLES } from './config-variables.ts';
import type { WarehouseConfig } from './config-warehouse.ts';
import { findWarehouseConflicts, toWarehouseConfig } from './config-warehouse.ts';
import type { SeedLimits } from './trace/seed-limits.ts';

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
  /** Slow statements of all jobs that run at once. */
  readonly slowStatements: number;
  readonly seedLimits: SeedLimits;
  readonly shutdownGraceMs: number;
  /** Unix niceness of the processes of long jobs. */
  readonly batchNiceness: number;
  readonly jobHeapMb: number;
  /** 0: no limit. */
  readonly maxRssBytes: number;
  readonly logLevel: LogLevel;
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
  const lines = findWarehouseConflicts(values);
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
    warehouse: toWarehouseConfig(values),
    slots: { interactive: values.SLOTS_INTERACTIVE, batch: values.SLOTS_BATCH },
    batchRecords: values.TRACE_STREAM_BATCH_SIZE,
    uploadConnections: values.UPLOAD_CONNECTIONS,
    statementTimeoutMs: values.STATEMENT_TIMEOUT_SECONDS * 1000,
    slowStatements: values.SLOW_STATEMENTS,
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
