import { afterAll, beforeAll, describe, it } from 'vitest';
import { titleOf } from '../../oracle-bridge/golden/run-golden.ts';
import { GOLDEN_LINEAGES } from '../../oracle-bridge/golden/golden-lineages.ts';
import { expectGolden } from '../helpers/expect-golden.ts';
import { GoldenIds, goldenRows } from '../../oracle-bridge/golden/golden-rows.ts';
import type { TinyWarehouse } from '../helpers/tiny-warehouse.ts';
import { makeTinyWarehouse } from '../helpers/tiny-warehouse.ts';

const lineages = GOLDEN_LINEAGES.map((lineage, index) => {
  const ids = new GoldenIds(index);
  return { lineage, ids, rows: goldenRows(lineage, ids) };
});
const asks = lineages.flatMap(({ lineage, ids }) =>
  lineage.asks.map((ask) => [`${lineage.shows}: ${titleOf(ask)}`, ask, ids] as const),
);

describe('golden lineages', () => {
  let tiny: TinyWarehouse;
  beforeAll(async () => {
    tiny = await makeTinyWarehouse({
      CONTAINER: lineages.flatMap(({ rows }) => rows.containers),
      PJ_COMBINEDASSYLOTS: lineages.flatMap(({ rows }) => rows.merges),
    });
  });
  afterAll(() => tiny.close());

  it.each(asks)('%s', async (_title, ask, ids) => {
    await expectGolden(tiny.warehouse, ask, ids);
  });
});
