import { afterAll, beforeAll, it } from 'vitest';
import type { GoldenAsk } from '../fixtures/golden-lineages.ts';
import { GOLDEN_LINEAGES } from '../fixtures/golden-lineages.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import { expectGolden } from '../helpers/expect-golden.ts';
import { GoldenIds, goldenRows } from '../helpers/golden-rows.ts';

const lineages = GOLDEN_LINEAGES.map((lineage, index) => {
  const ids = new GoldenIds(index);
  return { lineage, ids, rows: goldenRows(lineage, ids) };
});
const asks = lineages.flatMap(({ lineage, ids }) =>
  lineage.asks.map((ask) => [`${lineage.shows}: ${titleOf(ask)}`, ask, ids] as const),
);

function titleOf({ direction, followMerges, seeds }: GoldenAsk): string {
  return `${direction}${followMerges === true ? ' through merges' : ''} from ${seeds.join(', ')}`;
}

describeOnBothWarehouses('golden lineages', (make) => {
  let tiny: JobWarehouse;
  beforeAll(async () => {
    tiny = await make({
      CONTAINER: lineages.flatMap(({ rows }) => rows.containers),
      PJ_COMBINEDASSYLOTS: lineages.flatMap(({ rows }) => rows.merges),
    });
  });
  afterAll(() => tiny.close());

  it.each(asks)('%s', async (_title, ask, ids) => {
    await expectGolden(tiny.warehouse, ask, ids);
  });
});
