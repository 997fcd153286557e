import * as z from 'zod/mini';
import { bridgeIdSchema } from '#protocol/bridge-message.ts';
import { siteIdSchema } from '#protocol/ids.ts';
import type { CacheSeconds, Kind } from '#protocol/kind.ts';
import { CACHE_CLASSES, DEFAULT_CACHE_SECONDS, KIND_RULES, KINDS } from '#protocol/kind.ts';
import {
  DEFAULT_BATCH_RECORDS,
  DEFAULT_LEASE_TTL_MS,
  MAX_BATCH_RECORDS,
  MAX_JOB_IDS,
  MAX_RANGE_IDS,
} from '#protocol/limits.ts';
import type { Env } from './env.ts';
import type { RateRules } from './limits/rate-buckets.ts';
import {
  DEFAULT_RATE_MAX_REQUESTS,
  DEFAULT_RATE_WINDOW_SECONDS,
  RATE_BUCKETS,
  RATE_VARIABLES,
} from './limits/rate-buckets.ts';

/** Public keys of one bridge, by key id. Two at most, so that a key can be replaced without a gap. */
export interface BridgeIdentity {
  readonly bridgeId: string;
  readonly site: string;
  /** Key id → public Ed25519 key, base64url. */
  readonly keys: ReadonlyMap<string, string>;
}

/** The variables of `Env`, parsed. */
export interface Settings {
  /** At least one; the first is the default of every call. */
  readonly sites: readonly [string, ...string[]];
  readonly identity: 'local' | 'none';
  readonly bridges: ReadonlyMap<string, BridgeIdentity>;
  readonly leaseTtlMs: number;
  readonly batchRecords: number;
  /** An `events` call with more ids is answered 202 at once. */
  readonly asyncThresholdIds: number;
  /** Most ids of a job, by profile: `mid_section_defect`, and every other one. */
  readonly msdLimitIds: number;
  readonly eventsLimitIds: number;
  /** Most containers of one query of the query tool. */
  readonly queryToolLimitIds: number;
  readonly maxConcurrentJobsPerOwner: number;
  readonly deadlineSeconds: Readonly<Record<Kind, number>>;
  /** For how long a complete result answers equal requests, by what ages alike. */
  readonly cacheSeconds: CacheSeconds;
  /** Requests of more ids are never answered from a result: they still join while they run. */
  readonly cacheSkipIds: number;
  readonly rateRules: RateRules;
}

const MAX_KEYS_PER_BRIDGE = 2;
/** No deadline is longer than a day: alarms and expiry are written for jobs that end. */
const MAX_DEADLINE_SECONDS = 86_400;
/** No result lives longer; one of the interactive lane lives 300 s. */
const MAX_CACHE_SECONDS = 3600;
const MAX_RATE_REQUESTS = 1_000_000;
const MAX_RATE_WINDOW_SECONDS = 86_400;

const bridgeKeysSchema = z.array(
  z.strictObject({
    bridge_id: bridgeIdSchema,
    site: siteIdSchema,
    keys: z
      .array(
        z.strictObject({
          kid: z.string().check(z.regex(/^[\x21-\x7e]{1,128}$/)),
          /** 32 bytes, base64url. */
          x: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
        }),
      )
      .check(z.minLength(1), z.maxLength(MAX_KEYS_PER_BRIDGE)),
  }),
);

const parsed = new WeakMap<Env, Settings>();

/**
 * The settings of one environment, parsed at first use.
 * @throws Error that names the variable whose value cannot be used.
 */
export function settingsOf(env: Env): Settings {
  let settings = parsed.get(env);
  if (!settings) {
    settings = parseSettings(env);
    parsed.set(env, settings);
  }
  return settings;
}

export function parseSettings(env: Env): Settings {
  const sites = parseSites(env.SITES);
  return {
    sites,
    identity: parseIdentity(env.IDENTITY),
    bridges: parseBridgeKeys(env.BRIDGE_KEYS, sites),
    leaseTtlMs: readInteger(env, 'LEASE_TTL_MS', { fallback: DEFAULT_LEASE_TTL_MS, least: 100, most: 600_000 }),
    batchRecords: readInteger(env, 'TRACE_STREAM_BATCH_SIZE', {
      fallback: DEFAULT_BATCH_RECORDS,
      least: 1,
      most: MAX_BATCH_RECORDS,
    }),
    asyncThresholdIds: readInteger(env, 'TRACE_ASYNC_CID_THRESHOLD', { fallback: 20_000, least: 1, most: MAX_JOB_IDS }),
    eventsLimitIds: readInteger(env, 'TRACE_EVENTS_CID_LIMIT', { fallback: 50_000, least: 1, most: MAX_JOB_IDS }),
    msdLimitIds: readInteger(env, 'TRACE_MSD_CID_LIMIT', { fallback: MAX_JOB_IDS, least: 1, most: MAX_JOB_IDS }),
    queryToolLimitIds: readInteger(env, 'QUERY_TOOL_MAX_CONTAINER_IDS', {
      fallback: 200,
      least: 1,
      most: MAX_RANGE_IDS,
    }),
    maxConcurrentJobsPerOwner: readInteger(env, 'MAX_CONCURRENT_JOBS_PER_OWNER', { fallback: 5, least: 1, most: 1000 }),
    deadlineSeconds: readDeadlines(env),
    cacheSeconds: readCacheSeconds(env),
    cacheSkipIds: readInteger(env, 'TRACE_CACHE_SKIP_IDS', { fallback: 10_000, least: 0, most: MAX_JOB_IDS }),
    rateRules: readRateRules(env),
  };
}

function parseSites(value: unknown): Settings['sites'] {
  const ids = (typeof value === 'string' ? value : '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const [first, ...rest] = ids;
  if (first === undefined) throw new Error('SITES must name at least one site');
  for (const id of ids) {
    if (!z.safeParse(siteIdSchema, id).success) throw new Error(`SITES: "${id}" is not a site id`);
  }
  if (new Set(ids).size !== ids.length) throw new Error('SITES names a site twice');
  return [first, ...rest];
}

function parseIdentity(value: string | undefined): Settings['identity'] {
  if (value === undefined || value === '') return 'none';
  if (value === 'local') return 'local';
  throw new Error('IDENTITY must be "local" or absent');
}

function parseBridgeKeys(text: string | undefined, sites: readonly string[]): Settings['bridges'] {
  const bridges = new Map<string, BridgeIdentity>();
  if (text === undefined || text === '') return bridges;
  const result = z.safeParse(bridgeKeysSchema, readJson(text));
  if (!result.success) {
    const at = result.error.issues[0]?.path.join('.') ?? '';
    throw new Error(`BRIDGE_KEYS must be JSON [{"bridge_id","site","keys":[{"kid","x"}]}]; look at "${at}"`);
  }
  for (const { bridge_id: bridgeId, site, keys } of result.data) {
    if (bridges.has(bridgeId)) throw new Error(`BRIDGE_KEYS names the bridge "${bridgeId}" twice`);
    if (!sites.includes(site)) throw new Error(`BRIDGE_KEYS: "${site}" of the bridge "${bridgeId}" is not in SITES`);
    bridges.set(bridgeId, { bridgeId, site, keys: new Map(keys.map(({ kid, x }) => [kid, x])) });
  }
  return bridges;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readDeadlines(env: Env): Settings['deadlineSeconds'] {
  const deadlines: Partial<Record<Kind, number>> = {};
  for (const kind of KINDS) {
    deadlines[kind] = readInteger(env, `JOB_DEADLINE_SECONDS_${kind.toUpperCase()}`, {
      fallback: KIND_RULES[kind].deadlineSeconds,
      least: 1,
      most: MAX_DEADLINE_SECONDS,
    });
  }
  return deadlines as Record<Kind, number>;
}

function readCacheSeconds(env: Env): CacheSeconds {
  const seconds = CACHE_CLASSES.map((name) => {
    const range = { fallback: DEFAULT_CACHE_SECONDS[name], least: 0, most: MAX_CACHE_SECONDS };
    return [name, readInteger(env, `TRACE_${name.toUpperCase()}_CACHE_SECONDS`, range)] as const;
  });
  return Object.fromEntries(seconds) as CacheSeconds;
}

function readRateRules(env: Env): RateRules {
  const rules = RATE_BUCKETS.map((bucket) => {
    const name = `${RATE_VARIABLES[bucket]}_RATE` as const;
    const maxRequests = readInteger(env, `${name}_MAX_REQUESTS`, {
      fallback: DEFAULT_RATE_MAX_REQUESTS[bucket],
      least: 0,
      most: MAX_RATE_REQUESTS,
    });
    const windowSeconds = readInteger(env, `${name}_WINDOW_SECONDS`, {
      fallback: DEFAULT_RATE_WINDOW_SECONDS,
      least: 1,
      most: MAX_RATE_WINDOW_SECONDS,
    });
    return [bucket, { maxRequests, windowSeconds }] as const;
  });
  return Object.fromEntries(rules) as RateRules;
}

function readInteger(env: Env, name: string, range: { fallback: number; least: number; most: number }): number {
  const value = (env as unknown as Readonly<Record<string, unknown>>)[name];
  if (value === undefined || value === '') return range.fallback;
  const number = typeof value === 'string' && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < range.least || number > range.most)
    throw new Error(`${name} must be a whole number from ${range.least} to ${range.most}`);
  return number;
}
