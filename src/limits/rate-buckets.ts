import type { RateRule } from './rate-window.ts';

/** The calls that are limited, each kind by itself, and how the names of their two variables begin. */
export const RATE_VARIABLES = {
  'seed-resolve': 'TRACE_SEED',
  lineage: 'TRACE_LINEAGE',
  events: 'TRACE_EVENTS',
  estimate: 'TRACE_ESTIMATE',
  'job-status': 'TRACE_JOB',
  /** Stream, pages of the result, manifest, the list of jobs. */
  'job-read': 'TRACE_READ',
  'query-resolve': 'QT_RESOLVE',
  'lot-history': 'QT_HISTORY',
  'lot-associations': 'QT_ASSOC',
  'adjacent-lots': 'QT_ADJACENT',
  'equipment-period': 'QT_EQUIP',
  export: 'QT_EXPORT',
} as const;

export type RateBucket = keyof typeof RATE_VARIABLES;

export const RATE_BUCKETS = Object.keys(RATE_VARIABLES) as readonly RateBucket[];

/** `TRACE_EVENTS_RATE_MAX_REQUESTS`, `TRACE_EVENTS_RATE_WINDOW_SECONDS`, … */
export type RateVariable = `${(typeof RATE_VARIABLES)[RateBucket]}_RATE_${'MAX_REQUESTS' | 'WINDOW_SECONDS'}`;

export const DEFAULT_RATE_WINDOW_SECONDS = 60;
export const DEFAULT_RATE_MAX_REQUESTS: Readonly<Record<RateBucket, number>> = {
  'seed-resolve': 10,
  lineage: 10,
  events: 15,
  estimate: 30,
  'job-status': 60,
  'job-read': 600,
  'query-resolve': 10,
  'lot-history': 20,
  'lot-associations': 20,
  'adjacent-lots': 20,
  'equipment-period': 5,
  export: 3,
};

export type RateRules = Readonly<Record<RateBucket, RateRule>>;
