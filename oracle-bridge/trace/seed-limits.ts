import { MIN_PATTERN_LITERAL_CHARS } from '#protocol/limits.ts';

/** What a seed-resolve call may ask for and find. */
export interface SeedLimits {
  /** Values of one call; 0 where only the protocol's own limit counts. */
  readonly maxValues: number;
  /** Literal characters a pattern needs. */
  readonly minPatternLiterals: number;
  /** Containers of one pattern; what is beyond is left out and said so. */
  readonly maxMatchesPerPattern: number;
  /** Seeds of one call; the same. */
  readonly maxSeeds: number;
}

export const DEFAULT_SEED_LIMITS: SeedLimits = {
  maxValues: 0,
  minPatternLiterals: MIN_PATTERN_LITERAL_CHARS,
  maxMatchesPerPattern: 2000,
  maxSeeds: 30_000,
};
