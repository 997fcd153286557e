import * as z from 'zod/mini';
import type { Domain } from './domain.ts';
import { EVENT_DOMAINS, LINEAGE_DOMAINS, QUERY_DOMAINS, SEED_DOMAINS } from './domain.ts';
import { MAX_INTERACTIVE_IDS } from './limits.ts';

export const KINDS = ['seed_resolve', 'lineage', 'events', 'query_tool'] as const;
export const kindSchema = z.enum(KINDS);
export type Kind = z.infer<typeof kindSchema>;

/** `interactive` has slots of its own, so that long traces never stop a click. */
export const laneSchema = z.enum(['interactive', 'batch']);
export type Lane = z.infer<typeof laneSchema>;

/**
 * What a new lease does with the work of the one before it. `ids`: every range of container ids is done again or not at
 * all. `restart`: the work starts over; if anything was visible the log does too, as the next generation.
 */
export const resumeModeSchema = z.enum(['ids', 'restart']);
export type ResumeMode = z.infer<typeof resumeModeSchema>;

/** What ages alike may answer equal requests for as long: seconds from its end; 0 is never. */
export const DEFAULT_CACHE_SECONDS = { seed: 60, lineage: 300, events: 300, holds: 180, jobs: 180 } as const;
export type CacheClass = keyof typeof DEFAULT_CACHE_SECONDS;
export const CACHE_CLASSES = Object.keys(DEFAULT_CACHE_SECONDS) as readonly CacheClass[];
/** `TRACE_<CLASS>_CACHE_SECONDS` overrides each. */
export type CacheSeconds = Readonly<Record<CacheClass, number>>;

/**
 * How long a finished result is kept. `hour`: somebody opens it again from an address, and is told for a week that it was
 * there. `minutes`: it answers who asked, and leaves nothing.
 */
export type Retention = 'hour' | 'minutes';

interface KindRules {
  readonly domains: readonly Domain[];
  readonly resume: ResumeMode;
  /** Of its domains that have no class of their own; a kind without one is never answered from a result. */
  readonly cacheClass: CacheClass | undefined;
  /**
   * Wall time from acceptance to the end; `JOB_DEADLINE_SECONDS_<KIND>` overrides it. Interactive jobs have
   * `INTERACTIVE_DEADLINE_MS` at most.
   */
  readonly deadlineSeconds: number;
  /** Of interactive jobs; results of the batch lane are kept for an hour. */
  readonly retention: Retention;
}

export const KIND_RULES: Readonly<Record<Kind, KindRules>> = {
  seed_resolve: {
    domains: SEED_DOMAINS,
    resume: 'restart',
    cacheClass: 'seed',
    deadlineSeconds: 300,
    retention: 'minutes',
  },
  lineage: {
    domains: LINEAGE_DOMAINS,
    resume: 'restart',
    cacheClass: 'lineage',
    deadlineSeconds: 300,
    retention: 'hour',
  },
  events: { domains: EVENT_DOMAINS, resume: 'ids', cacheClass: 'events', deadlineSeconds: 1800, retention: 'hour' },
  query_tool: {
    domains: QUERY_DOMAINS,
    resume: 'restart',
    cacheClass: undefined,
    deadlineSeconds: 55,
    retention: 'minutes',
  },
};

/** Domains whose content ages faster than that of their kind. */
const DOMAIN_CACHE_CLASS: Partial<Record<Domain, CacheClass>> = { holds: 'holds', jobs: 'jobs' };

/** Seconds for which a complete result of these domains, one at least, may answer an equal request: the least of theirs. */
export function cacheSecondsOf(kind: Kind, domains: readonly Domain[], seconds: CacheSeconds): number {
  const { cacheClass } = KIND_RULES[kind];
  if (cacheClass === undefined) return 0;
  return Math.min(...domains.map((domain) => seconds[DOMAIN_CACHE_CLASS[domain] ?? cacheClass]));
}

export function retentionOf(kind: Kind, lane: Lane): Retention {
  return lane === 'batch' ? 'hour' : KIND_RULES[kind].retention;
}

/** Somebody waits for these, however many ids they have. */
const ALWAYS_INTERACTIVE: ReadonlySet<Kind> = new Set<Kind>(['seed_resolve', 'query_tool']);

/** The lane of a job with so many container ids. */
export function laneOf(kind: Kind, idCount: number): Lane {
  return ALWAYS_INTERACTIVE.has(kind) || idCount <= MAX_INTERACTIVE_IDS ? 'interactive' : 'batch';
}
