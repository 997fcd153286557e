import type { InputType, Seed, SeedSummary, SeedWarning } from '#protocol/trace.ts';
import { MATCH_SOURCES } from '#protocol/trace.ts';
import type { SeedLimits } from './seed-limits.ts';
import type { SeedToken } from './seed-tokens.ts';
import { matchesToken } from './seed-tokens.ts';

/** A container as the seed statements give it. */
export interface SeedRow {
  readonly containerId: string;
  readonly lotId: string | null;
  /** The text that was compared, folded as the tokens are. */
  readonly matched: string | null;
  /** Which source it is from, the best one being 0. */
  readonly priority: number;
  readonly specName: string | null;
  readonly qty: number | string | null;
}

export interface ResolvedSeeds {
  readonly seeds: Seed[];
  readonly summary: SeedSummary;
  /** Something was left out. */
  readonly truncated: boolean;
}

interface Match {
  readonly input: string;
  readonly row: SeedRow;
}

/**
 * Which containers each token means. Rows are matched again here, so that a token never gets what another one asked for;
 * a container comes once a token, from its best source. Seeds are in the order of their sources, then of their lot ids,
 * then of their tokens. Holds at most twice as many matches as there may be seeds.
 */
export class SeedCollector {
  readonly #inputType: InputType;
  readonly #limits: Pick<SeedLimits, 'maxMatchesPerPattern' | 'maxSeeds'>;
  readonly #notFound: string[] = [];
  readonly #expansion = new Map<string, number>();
  readonly #warnings: SeedWarning[] = [];
  #matches: Match[] = [];
  #inputs = 0;
  /** Pairs of a token and a container, those that are not held included. */
  #matched = 0;
  #truncated = false;

  constructor(inputType: InputType, limits: Pick<SeedLimits, 'maxMatchesPerPattern' | 'maxSeeds'>) {
    this.#inputType = inputType;
    this.#limits = limits;
  }

  /** What was read for one token; more rows than it has matches do no harm. */
  add(token: SeedToken, rows: readonly SeedRow[]): void {
    this.#inputs++;
    const matches = bestMatches(token, rows);
    const most = this.#limits.maxMatchesPerPattern;
    const kept = token.kind === 'pattern' ? matches.slice(0, most) : matches;
    if (matches.length === 0) this.#notFound.push(token.input);
    if (token.kind === 'pattern') this.#expansion.set(token.input, kept.length);
    if (kept.length < matches.length) {
      this.#truncated = true;
      this.#warnings.push({ code: 'PATTERN_CUT', value: token.input, given: most });
    }
    for (const row of kept) this.#matches.push({ input: token.input, row });
    this.#matched += kept.length;
    if (this.#matches.length > 2 * this.#limits.maxSeeds) this.#cut();
  }

  /** Matches of exact tokens that the warehouse has counted but not given. */
  addUnread(count: number): void {
    this.#matched += count;
  }

  finish(): ResolvedSeeds {
    this.#cut();
    const { maxSeeds: limit } = this.#limits;
    const matched = this.#matched;
    const isOver = matched > limit;
    if (isOver) this.#warnings.push({ code: 'LOTS_CUT', matched, given: limit });
    const summary: SeedSummary = {
      total: this.#matches.length,
      input_count: this.#inputs,
      not_found: this.#notFound,
      expansion_info: Object.fromEntries(this.#expansion),
      ...(isOver ? { guardrail: { limit, matched } } : {}),
      warnings: this.#warnings,
    };
    const seeds = this.#matches.map((match) => toSeed(this.#inputType, match));
    return { seeds, summary, truncated: this.#truncated || isOver };
  }

  #cut(): void {
    this.#matches.sort((a, b) => compareRows(a.row, b.row));
    this.#matches = this.#matches.slice(0, this.#limits.maxSeeds);
  }
}

function bestMatches(token: SeedToken, rows: readonly SeedRow[]): SeedRow[] {
  const matches = new Map<string, SeedRow>();
  for (const row of rows) {
    if (row.matched === null || !matchesToken(token, row.matched)) continue;
    const before = matches.get(row.containerId);
    if (before === undefined || row.priority < before.priority) matches.set(row.containerId, row);
  }
  return [...matches.values()].sort(compareRows);
}

function toSeed(inputType: InputType, { input, row }: Match): Seed {
  const source = inputType === 'serial_number' ? MATCH_SOURCES[row.priority] : undefined;
  return {
    container_id: row.containerId,
    lot_id: row.lotId,
    input_value: input,
    spec_name: row.specName,
    qty: row.qty,
    ...(source === undefined ? {} : { match_source: source }),
  };
}

function compareRows(a: SeedRow, b: SeedRow): number {
  return a.priority - b.priority || compareText(a.lotId, b.lotId) || compareText(a.containerId, b.containerId);
}

/** Nulls last. */
function compareText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}
