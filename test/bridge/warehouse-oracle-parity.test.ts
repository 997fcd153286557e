import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import { runEvents } from '../../oracle-bridge/trace/run-events.ts';
import type { DuckDbWarehouse } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';
import { openDuckDb } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';
import type { PoolOptions } from '../../oracle-bridge/warehouse/oracle/pool.ts';
import type { WarehouseReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { startOracle } from '../helpers/both-warehouses.ts';
import type { MadeSample } from '../helpers/make-sample.ts';
import { makeSample } from '../helpers/make-sample.ts';
import type { RecordedOutput } from '../helpers/recorded-job.ts';
import { makeRecordedJob } from '../helpers/recorded-job.ts';
import { traceLineage } from '../helpers/trace-lineage.ts';

const MODES: readonly (Pick<PoolOptions, 'lists' | 'snapshot' | 'walk'> & Partial<PoolOptions>)[] = [
  { lists: 'bound', snapshot: 'domain', walk: 'connect-by', poolSize: 2 },
  { lists: 'bound', snapshot: 'job', walk: 'recursive', fetchRows: 37, poolSize: 1 },
  { lists: 'loaded', snapshot: 'job', walk: 'connect-by', fetchRows: 10_000 },
];

let sample: MadeSample;
let duckDb: DuckDbWarehouse;
let ids: string[];
let expected: RecordedOutput;

beforeAll(async () => {
  sample = await makeSample({ containers: 1000, seed: 7 });
  duckDb = await openDuckDb({ file: sample.file, memoryLimit: '512MB', threads: 2 });
  const rows = await sample.ask('select distinct CONTAINERID from DW_MES_CONTAINER where CONTAINERID is not null');
  ids = rows.map(([container]) => String(container)).sort();
  expected = await readEvents(duckDb);
});

afterAll(async () => {
  await duckDb.close();
  await sample.close();
});

describe.each(MODES)('the Oracle warehouse with lists $lists, a snapshot a $snapshot, walks by $walk', (mode) => {
  let oracle: JobWarehouse;
  beforeAll(async () => {
    oracle = await startOracle(sample.file, mode);
  });
  afterAll(() => oracle.close());

  it('gives a whole sample byte for byte as DuckDB does', async () => {
    const output = await readEvents(oracle.warehouse);
    expect(output.failures).toEqual([]);
    for (const domain of EVENT_DOMAINS) {
      const { batches, seals, end } = output.domain(domain);
      expect(batches.length).toBeGreaterThan(0);
      expect({ batches, end }).toEqual({
        batches: expected.domain(domain).batches,
        end: expected.domain(domain).end,
      });
      const sealed = seals.map(({ idsTo, containersFound }) => ({ idsTo, containersFound }));
      const wanted = expected.domain(domain).seals.map(({ idsTo, containersFound }) => ({ idsTo, containersFound }));
      expect(sealed).toEqual(wanted);
    }
    expect(oracle.inUse()).toBe(0);
  });

  it.each([
    { direction: 'backward', followMerges: false },
    { direction: 'forward', followMerges: true },
  ] as const)('finds the same lineage: $direction', async (way) => {
    const ask = { ...way, seeds: ids.filter((_, index) => index % 3 === 0) };
    expect(await traceLineage(oracle.warehouse, ask)).toEqual(await traceLineage(duckDb, ask));
  });
});

async function readEvents(warehouse: WarehouseReader): Promise<RecordedOutput> {
  const params = { kind: 'events' } as const;
  const { job, output } = makeRecordedJob({ warehouse, params, domains: EVENT_DOMAINS, ids, batchRecords: 1000 });
  await runEvents(job);
  return output;
}
