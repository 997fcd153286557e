import * as z from 'zod/mini';
import type { Domain } from './domain.ts';
import { EVENT_DOMAINS, LINEAGE_DOMAINS, SEED_DOMAINS } from './domain.ts';
import { MAX_INTERACTIVE_IDS } from './limits.ts';

export const KINDS = ['seed_resolve', 'lineage', 'events'] as const;
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

interface KindRules {
  readonly domains: readonly Domain[];
  readonly resume: ResumeMode;
  /** Least of its domains' times. */
  readonly cacheSeconds: number;
  /**
   * Wall time from acceptance to the end; `JOB_DEADLINE_SECONDS_<KIND>` overrides it. Interactive jobs have
   * `INTERACTIVE_DEADLINE_MS` at most.
   */
  readonly deadlineSeconds: number;
}

export const KIND_RULES: Readonly<Record<Kind, KindRules>> = {
  seed_resolve: { domains: SEED_DOMAINS, resume: 'restart', cacheSeconds: 60, deadlineSeconds: 300 },
  lineage: { domains: LINEAGE_DOMAINS, resume: 'restart', cacheSeconds: 300, deadlineSeconds: 300 },
  events: { domains: EVENT_DOMAINS, resume: 'ids', cacheSeconds: 300, deadlineSeconds: 1800 },
};

/** Domains whose content ages faster than their kind's `cacheSeconds`. */
const DOMAIN_CACHE_SECONDS: Partial<Record<Domain, number>> = { holds: 180, jobs: 180 };

/** Seconds for which a complete result of these domains may answer an equal request. */
export function cacheSecondsOf(kind: Kind, domains: readonly Domain[]): number {
  return domains.reduce(
    (least, domain) => Math.min(least, DOMAIN_CACHE_SECONDS[domain] ?? least),
    KIND_RULES[kind].cacheSeconds,
  );
}

/** The lane of a job with so many container ids. */
export function laneOf(kind: Kind, idCount: number): Lane {
  return kind === 'seed_resolve' || idCount <= MAX_INTERACTIVE_IDS ? 'interactive' : 'batch';
}
