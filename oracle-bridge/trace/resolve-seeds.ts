import type { Seed, SeedSummary } from '#protocol/trace.ts';
import type { SeedToken } from './seed-tokens.ts';
import { matchesPattern } from './seed-tokens.ts';

/** Most containers of one pattern; what is beyond is left out and said so. */
export const MAX_MATCHES_PER_PATTERN = 2000;
/** Most seeds of one call. */
export const MAX_SEEDS = 30_000;

/** A container as the seed statements give it. */
export interface SeedRow {
  readonly containerId: string;
  readonly lotId: string | null;
  readonly specName: string | null;
  readonly qty: number | string | null;
}

export interface ResolvedSeeds {
  readonly seeds: Seed[];
  readonly summary: SeedSummary;
  /** Something was left out. */
  readonly truncated: boolean;
}

/** Rows that were read for one token; more rows than it has matches do no harm. */
export interface TokenRows {
  readonly token: SeedToken;
  readonly rows: readonly SeedRow[];
}

/**
 * Which containers each token means. Rows are matched again here, so that a token never gets what another one asked for;
 * a container comes once a token. Seeds are in the order of their lot ids, then of their tokens.
 */
export function resolveSeeds(answers: readonly TokenRows[]): ResolvedSeeds {
  const summary = { not_found: [] as string[], expansion_info: {} as Record<string, number>, warnings: [] as string[] };
  let seeds: Seed[] = [];
  let truncated = false;
  for (const { token, rows } of answers) {
    const matches = uniqueMatches(token, rows);
    if (matches.length === 0) summary.not_found.push(token.input);
    const kept = token.kind === 'pattern' ? matches.slice(0, MAX_MATCHES_PER_PATTERN) : matches;
    if (token.kind === 'pattern') summary.expansion_info[token.input] = kept.length;
    if (kept.length < matches.length) {
      truncated = true;
      summary.warnings.push(
        `${token.input} matches more than ${MAX_MATCHES_PER_PATTERN} lots; only the first ${MAX_MATCHES_PER_PATTERN} by name are given.`,
      );
    }
    for (const row of kept) seeds.push(toSeed(token, row));
  }
  seeds.sort((a, b) => compareText(a.lot_id, b.lot_id) || compareText(a.container_id, b.container_id));
  if (seeds.length > MAX_SEEDS) {
    truncated = true;
    summary.warnings.push(`${seeds.length} lots match; only the first ${MAX_SEEDS} by name are given.`);
    seeds = seeds.slice(0, MAX_SEEDS);
  }
  return { seeds, summary, truncated };
}

function uniqueMatches(token: SeedToken, rows: readonly SeedRow[]): SeedRow[] {
  const matches = new Map<string, SeedRow>();
  for (const row of rows) if (isMatch(token, row)) matches.set(row.containerId, row);
  return [...matches.values()].sort(
    (a, b) => compareText(a.lotId, b.lotId) || compareText(a.containerId, b.containerId),
  );
}

function isMatch(token: SeedToken, { lotId }: SeedRow): boolean {
  if (lotId === null) return false;
  return token.kind === 'exact' ? lotId === token.name : matchesPattern(token.parts, lotId);
}

function toSeed(token: SeedToken, { containerId, lotId, specName, qty }: SeedRow): Seed {
  return { container_id: containerId, lot_id: lotId, input_value: token.input, spec_name: specName, qty };
}

/** Nulls last. */
function compareText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}
