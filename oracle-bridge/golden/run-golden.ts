import type { FetchedRow } from '../encode/row-encoder.ts';
import { buildLineage } from '../trace/lineage-engine.ts';
import { readLineage } from '../trace/read-lineage.ts';
import type { OracleDialect } from '../warehouse/oracle/build-read.ts';
import type { Query } from '../warehouse/sql/query.ts';
import { FixtureReader } from './fixture-reader.ts';
import { goldenDifferences } from './golden-differences.ts';
import { goldenFixture } from './golden-fixture.ts';
import type { GoldenAsk } from './golden-lineage.ts';
import { GOLDEN_LINEAGES } from './golden-lineages.ts';
import { GoldenIds } from './golden-rows.ts';

type Walk = OracleDialect['walk'];

export const WALKS: readonly Walk[] = ['connect-by', 'recursive'];

export interface GoldenResult {
  /** `a diamond is visited once: backward from L1 (connect-by)`. */
  readonly title: string;
  /** What was answered otherwise, or what went wrong; none: as it should be. */
  readonly differences: readonly string[];
}

/**
 * Every question of every golden lineage, asked in each form of the walk, one after the other.
 * @throws the reason of the signal. What a question throws is its result.
 */
export async function* runGolden(
  run: (query: Query) => Promise<FetchedRow[]>,
  { walks, signal }: { readonly walks: readonly Walk[]; readonly signal: AbortSignal },
): AsyncGenerator<GoldenResult> {
  for (const [index, lineage] of GOLDEN_LINEAGES.entries()) {
    const ids = new GoldenIds(index);
    const fixture = goldenFixture(lineage, ids);
    for (const walk of walks) {
      const warehouse = new FixtureReader(run, walk, fixture);
      for (const ask of lineage.asks) {
        signal.throwIfAborted();
        const title = `${lineage.shows}: ${titleOf(ask)} (${walk})`;
        yield { title, differences: await differencesOf({ warehouse, signal }, ask, ids) };
      }
    }
  }
}

async function differencesOf(
  reads: { readonly warehouse: FixtureReader; readonly signal: AbortSignal },
  ask: GoldenAsk,
  ids: GoldenIds,
): Promise<string[]> {
  const seedIds = ask.seeds.map((key) => ids.idOf(key)).toSorted();
  const params = { direction: ask.direction, follow_merges: ask.followMerges ?? false };
  try {
    return goldenDifferences(buildLineage(await readLineage(reads, seedIds, params)), ask, ids);
  } catch (error) {
    reads.signal.throwIfAborted();
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** `backward from L1, L2`. */
export function titleOf({ direction, followMerges, seeds }: GoldenAsk): string {
  return `${direction}${followMerges === true ? ' through merges' : ''} from ${seeds.join(', ')}`;
}
