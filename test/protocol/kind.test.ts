import { describe, expect, it } from 'vitest';
import {
  CONTAINER_ID_MEMBER,
  DEFAULT_EVENT_DOMAINS,
  domainSchema,
  DOMAINS,
  EVENT_DOMAINS,
  eventDomainSchema,
  LINEAGE_DOMAINS,
  PROFILES,
  profileSchema,
  QUERY_DOMAINS,
  SEED_DOMAINS,
} from '#protocol/domain.ts';
import { isTerminal, JOB_STATES, jobStateSchema, jobStatusSchema, jobSummarySchema } from '#protocol/job.ts';
import {
  cacheSecondsOf,
  DEFAULT_CACHE_SECONDS,
  KIND_RULES,
  kindSchema,
  KINDS,
  laneOf,
  laneSchema,
  resumeModeSchema,
} from '#protocol/kind.ts';
import { MAX_INTERACTIVE_IDS } from '#protocol/limits.ts';

describe('domains', () => {
  it('belong to one kind each, and every kind has some', () => {
    expect([...SEED_DOMAINS, ...LINEAGE_DOMAINS, ...EVENT_DOMAINS, ...QUERY_DOMAINS]).toEqual([...DOMAINS]);
    expect(KINDS.flatMap((kind) => KIND_RULES[kind].domains)).toEqual([...DOMAINS]);
    expect(new Set(DOMAINS).size).toBe(DOMAINS.length);
    expect(DOMAINS.every((domain) => domainSchema.safeParse(domain).success)).toBe(true);
  });

  it('of events have a container id and are the ones a caller may name', () => {
    expect(EVENT_DOMAINS.map((domain) => CONTAINER_ID_MEMBER[domain])).toEqual(EVENT_DOMAINS.map(() => 'CONTAINERID'));
    expect(DOMAINS.filter((domain) => eventDomainSchema.safeParse(domain).success)).toEqual([...EVENT_DOMAINS]);
  });

  it('stand in names of JSON, SQL and URLs as they are', () => {
    expect(DOMAINS.filter((domain) => !/^[a-z][a-z_]*$/.test(domain))).toEqual([]);
  });

  it('have defaults for every profile', () => {
    for (const profile of PROFILES) {
      expect(profileSchema.parse(profile)).toBe(profile);
      expect(DEFAULT_EVENT_DOMAINS[profile].length).toBeGreaterThan(0);
      expect(new Set(DEFAULT_EVENT_DOMAINS[profile]).size).toBe(DEFAULT_EVENT_DOMAINS[profile].length);
    }
  });
});

describe('the rules of a kind', () => {
  it('are there for every kind, in modes the schemas know', () => {
    for (const kind of KINDS) {
      expect(kindSchema.parse(kind)).toBe(kind);
      expect(resumeModeSchema.safeParse(KIND_RULES[kind].resume).success).toBe(true);
      expect(KIND_RULES[kind].deadlineSeconds).toBeGreaterThanOrEqual(55);
    }
  });

  it('cache a result for the least time of its domains', () => {
    expect(cacheSecondsOf('seed_resolve', ['seeds'], DEFAULT_CACHE_SECONDS)).toBe(60);
    expect(cacheSecondsOf('lineage', ['nodes', 'edges'], DEFAULT_CACHE_SECONDS)).toBe(300);
    expect(cacheSecondsOf('events', ['history', 'materials'], DEFAULT_CACHE_SECONDS)).toBe(300);
    expect(cacheSecondsOf('events', ['history', 'holds'], DEFAULT_CACHE_SECONDS)).toBe(180);
    expect(cacheSecondsOf('events', ['jobs'], DEFAULT_CACHE_SECONDS)).toBe(180);
    expect(cacheSecondsOf('query_tool', ['rows'], DEFAULT_CACHE_SECONDS)).toBe(0);
    const other = { seed: 1, lineage: 2, events: 30, holds: 40, jobs: 0 };
    expect(cacheSecondsOf('seed_resolve', ['seeds'], other)).toBe(1);
    expect(cacheSecondsOf('lineage', ['nodes', 'edges'], other)).toBe(2);
    expect(cacheSecondsOf('events', ['holds'], other)).toBe(40);
    expect(cacheSecondsOf('events', ['history', 'holds'], other)).toBe(30);
    expect(cacheSecondsOf('events', ['history', 'jobs'], other)).toBe(0);
  });

  it('put small jobs into the interactive lane', () => {
    expect(laneOf('seed_resolve', 0)).toBe('interactive');
    expect(laneOf('query_tool', MAX_INTERACTIVE_IDS + 1)).toBe('interactive');
    expect(laneOf('events', MAX_INTERACTIVE_IDS)).toBe('interactive');
    expect(laneOf('events', MAX_INTERACTIVE_IDS + 1)).toBe('batch');
    expect(laneSchema.safeParse(laneOf('lineage', 500_000)).data).toBe('batch');
  });
});

describe('job states', () => {
  it('end in exactly one of the terminal ones', () => {
    expect(JOB_STATES.filter((state) => !isTerminal(state))).toEqual(['queued', 'running']);
    expect(JOB_STATES.every((state) => jobStateSchema.safeParse(state).success)).toBe(true);
  });

  it('of a list are those of the status, without its domains', () => {
    const { domains: _domains, ...rest } = jobStatusSchema._zod.def.shape;
    expect(Object.keys(jobSummarySchema._zod.def.shape)).toEqual(Object.keys(rest));
  });
});
