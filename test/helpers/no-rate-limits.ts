import { RATE_VARIABLES } from '../../src/limits/rate-buckets.ts';

/** Variables of an edge that limits no calls: tests of other things make more of them in a minute than people do. */
export const NO_RATE_LIMITS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(RATE_VARIABLES).map((variable) => [`${variable}_RATE_MAX_REQUESTS`, '0']),
);
