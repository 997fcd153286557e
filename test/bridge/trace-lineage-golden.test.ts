import { afterAll, beforeAll, it } from 'vitest';
import { GOLDEN_LINEAGES } from '../../oracle-bridge/golden/golden-lineages.ts';
import { GoldenIds, goldenRows } from '../../oracle-bridge/golden/golden-rows.ts';
import { titleOf } from '../../oracle-bridge/golden/run-golden.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import { expectGolden } from '../helpers/expect-golden.ts';

const lineages = GOLDEN_LINEAGES.map((lineage, index) => {
  const ids = new GoldenIds(index);
  return { lineage, ids, rows: goldenRows(lineage, ids) };
});
const asks = lineages.flatMap(({ lineage, ids }) =>
  lineage.asks.map((ask) => [`${lineage.shows}: ${titleOf(ask)}`, ask, ids] as const),
);

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
