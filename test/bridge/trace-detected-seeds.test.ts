import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Seed } from '../../src/protocol/trace.ts';
import { seedSchema, seedSummarySchema } from '../../src/protocol/trace.ts';
import { WORKCENTER_GROUPS } from '../../src/protocol/workcenter-group.ts';
import { runDetectedSeeds } from '../../oracle-bridge/trace/run-detected-seeds.ts';
import { runSeedResolve } from '../../oracle-bridge/trace/run-seed-resolve.ts';
import { DEFAULT_SEED_LIMITS } from '../../oracle-bridge/trace/seed-limits.ts';
import type { JobWarehouse } from '../helpers/both-warehouses.ts';
import { describeOnBothWarehouses } from '../helpers/both-warehouses.ts';
import { makeRecordedJob } from '../helpers/recorded-job.ts';
import type { TinyRow } from '../helpers/tiny-warehouse.ts';
import { id } from '../helpers/tiny-warehouse.ts';

const trackIn = (container: number | null, time: string | null, more: TinyRow = {}): TinyRow => ({
  CONTAINERID: container === null ? null : id(container),
  TRACKINTIMESTAMP: time,
  EQUIPMENTID: 'M1',
  WORKCENTERNAME: '測試_1',
  ...more,
});
/** Many containers, all of them on one day. */
const MANY_DAY = '2025-06-01';

const briefly = (seeds: readonly Seed[]) =>
  seeds.map((seed) => [Number.parseInt(seed.container_id, 16), seed.input_value]);

describeOnBothWarehouses('seeds by a range of days', (make) => {
  let tiny: JobWarehouse;
  beforeAll(async () => {
    tiny = await make(
      {
        CONTAINER: [{ CONTAINERID: id(2), CONTAINERNAME: 'GA26010001-A00-002 ', SPECNAME: 'TMTT ', QTY: 12 }],
        LOTWIPHISTORY: [
          // The first and the last second of January, and the seconds around.
          trackIn(1, '2025-12-31 23:59:59'),
          trackIn(2, '2026-01-01 00:00:00'),
          trackIn(3, '2026-01-31 23:59:59'),
          trackIn(4, '2026-02-01 00:00:00'),
          trackIn(5, null),
          trackIn(null, '2026-01-10 00:00:00'),
          // At several groups and several times: the latest within the days counts.
          trackIn(6, '2026-01-05 08:00:00', { WORKCENTERNAME: '成型' }),
          trackIn(6, '2026-01-06 08:00:00', { WORKCENTERNAME: 'tmtt 3' }),
          trackIn(6, '2026-02-07 08:00:00', { WORKCENTERNAME: '成型' }),
          trackIn(7, '2026-01-06 08:00:00', { WORKCENTERNAME: 'TMTT' }),
          trackIn(7, '2026-01-06 08:00:01', { WORKCENTERNAME: '成型' }),
          // At the same second: the group further in the flow.
          trackIn(8, '2026-01-06 08:00:00', { WORKCENTERNAME: '測試' }),
          trackIn(8, '2026-01-06 08:00:00', { WORKCENTERNAME: '成型' }),
          // Partial track-outs of one load; a station without a machine.
          trackIn(9, '2026-01-07 08:00:00', { TRACKINQTY: 43_200 }),
          trackIn(9, '2026-01-07 08:00:00', { TRACKINQTY: 3600 }),
          trackIn(9, '2026-01-07 09:00:00', { EQUIPMENTID: null }),
          // 元件切割 is not 切割; what belongs to no group is nowhere.
          trackIn(10, '2026-01-08 08:00:00', { WORKCENTERNAME: '元件切割_1' }),
          trackIn(11, '2026-01-08 08:00:00', { WORKCENTERNAME: '烘箱' }),
          trackIn(12, '2026-01-08 08:00:00', { WORKCENTERNAME: null }),
          ...WORKCENTER_GROUPS.map((name, index) =>
            trackIn(100 + index, '2025-01-01 12:00:00', { WORKCENTERNAME: name }),
          ),
        ],
      },
      [
        `insert into DWH.DW_MES_LOTWIPHISTORY by name
         select printf('%016x', 9000 - n) as CONTAINERID, timestamp '${MANY_DAY} 10:00:00' as TRACKINTIMESTAMP,
           '成型' as WORKCENTERNAME from range(1000) t(n)`,
      ],
    );
  });
  afterAll(() => tiny.close());

  const makeJob = (start_date: string, end_date: string, workcenter_groups: string[]) => {
    const params = {
      kind: 'seed_resolve' as const,
      mode: 'date_range' as const,
      start_date,
      end_date,
      workcenter_groups,
    };
    const recorded = makeRecordedJob({ warehouse: tiny.warehouse, params, domains: ['seeds'], batchRecords: 300 });
    return { params, ...recorded };
  };
  const resultOf = ({ output }: Pick<ReturnType<typeof makeJob>, 'output'>) => ({
    seeds: output.records('seeds').map((record): Seed => seedSchema.parse(record)),
    summary: seedSummarySchema.parse(output.aggregation),
    end: output.domain('seeds').end,
  });

  async function detect(start: string, end: string, ...groups: string[]) {
    const made = makeJob(start, end, groups);
    await runSeedResolve(made.job, { ...DEFAULT_SEED_LIMITS, maxSeeds: 1 });
    return resultOf(made);
  }

  it('are the containers tracked in from the first to the last second of the days, in plant time', async () => {
    const { seeds, summary, end } = await detect('2026-01-01', '2026-01-31', '測試');
    expect(briefly(seeds)).toEqual([2, 3, 6, 7, 8, 9].map((number) => [number, '測試']));
    expect(seeds[0]).toEqual({
      container_id: id(2),
      lot_id: 'GA26010001-A00-002',
      input_value: '測試',
      spec_name: 'TMTT',
      qty: 12,
    });
    expect(seeds[1]).toMatchObject({ lot_id: null, spec_name: null, qty: null });
    expect(summary).toEqual({ total: 6, input_count: 1, not_found: [], expansion_info: { 測試: 6 }, warnings: [] });
    expect(end).toEqual({ status: 'complete' });
    expect(briefly((await detect('2026-02-01', '2026-02-01', '測試')).seeds)).toEqual([[4, '測試']]);
  });

  it('come once each, with the group of their latest track-in at one of the groups', async () => {
    const { seeds, summary } = await detect('2026-01-05', '2026-01-07', '成型', '測試');
    expect(briefly(seeds)).toEqual([
      [6, '測試'],
      [7, '成型'],
      [8, '測試'],
      [9, '測試'],
    ]);
    expect(summary.expansion_info).toEqual({ 成型: 1, 測試: 3 });
    expect(briefly((await detect('2026-01-05', '2026-01-07', '成型')).seeds)).toEqual([
      [6, '成型'],
      [7, '成型'],
      [8, '成型'],
    ]);
  });

  it('follow the one rule of the groups, exclusions first', async () => {
    expect((await detect('2026-01-08', '2026-01-08', '切割')).seeds).toEqual([]);
    expect(briefly((await detect('2026-01-08', '2026-01-08', '切割', '元件切割')).seeds)).toEqual([[10, '元件切割']]);
    const every = await detect('2025-01-01', '2025-01-01', ...WORKCENTER_GROUPS);
    expect(briefly(every.seeds)).toEqual(WORKCENTER_GROUPS.map((name, index) => [100 + index, name]));
  });

  it('may be none, which is said group by group', async () => {
    const { seeds, summary, end } = await detect('2024-01-01', '2024-12-31', '成型', '測試');
    expect(seeds).toEqual([]);
    expect(summary).toMatchObject({ total: 0, input_count: 2, not_found: ['成型', '測試'] });
    expect(end).toEqual({ status: 'complete' });
  });

  it('are more than values may find, in batches by container id', async () => {
    const made = makeJob(MANY_DAY, MANY_DAY, ['成型']);
    await runSeedResolve(made.job, { ...DEFAULT_SEED_LIMITS, maxSeeds: 10 });
    const { seeds, summary } = resultOf(made);
    expect(seeds.map((seed) => seed.container_id)).toEqual(Array.from({ length: 1000 }, (_, n) => id(8001 + n)));
    expect(made.output.domain('seeds').batches).toHaveLength(4);
    expect(summary.guardrail).toBeUndefined();
  });

  it('are cut where a job cannot have more ids, with a warning and a guardrail; the limit itself passes', async () => {
    const atLimit = makeJob(MANY_DAY, MANY_DAY, ['成型']);
    await runDetectedSeeds(atLimit.job, atLimit.params, 1000);
    expect(resultOf(atLimit)).toMatchObject({ summary: { total: 1000, warnings: [] }, end: { status: 'complete' } });
    const above = makeJob(MANY_DAY, MANY_DAY, ['成型']);
    await runDetectedSeeds(above.job, above.params, 999);
    const { seeds, summary, end } = resultOf(above);
    expect(seeds.at(-1)?.container_id).toBe(id(8999));
    expect(summary).toMatchObject({ total: 999, guardrail: { limit: 999, matched: 1000 } });
    expect(summary.warnings).toEqual([{ code: 'LOTS_CUT', matched: 1000, given: 999 }]);
    expect(end).toMatchObject({ status: 'truncated', code: 'RESULT_TOO_LARGE' });
  });

  it('end with the job: an abort reaches the warehouse', async () => {
    const { params } = makeJob(MANY_DAY, MANY_DAY, ['成型']);
    const signal = AbortSignal.abort(new Error('cancelled'));
    const { job, output } = makeRecordedJob({ warehouse: tiny.warehouse, params, domains: ['seeds'], signal });
    await expect(runDetectedSeeds(job, params)).rejects.toThrow('cancelled');
    expect(output.domain('seeds').batches).toEqual([]);
    expect(tiny.inUse()).toBe(0);
  });
});
