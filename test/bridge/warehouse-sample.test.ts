import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventDomain } from '../../src/protocol/domain.ts';
import { EVENT_DOMAINS } from '../../src/protocol/domain.ts';
import { runEvents } from '../../oracle-bridge/trace/run-events.ts';
import type { DuckDbWarehouse } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';
import { trapId } from '../../oracle-bridge/sample/trap-family/trap-lot.ts';
import { openDuckDb } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';
import type { Genealogy } from '../helpers/lineage-reference.ts';
import { referenceForward, referenceLineage } from '../helpers/lineage-reference.ts';
import type { MadeSample } from '../helpers/make-sample.ts';
import { makeSample } from '../helpers/make-sample.ts';
import { makeRecordedJob } from '../helpers/recorded-job.ts';
import { edgeTexts, levelsOf, traceLineage } from '../helpers/trace-lineage.ts';

/** What each domain has to give for all containers, asked plainly: (container id, number of records). */
const PLAIN: Readonly<Record<EventDomain, string>> = {
  history: `select CONTAINERID, count(*) from DW_MES_LOTWIPHISTORY
    where EQUIPMENTID is not null and TRACKINTIMESTAMP is not null group by 1`,
  materials: 'select CONTAINERID, count(*) from DW_MES_LOTMATERIALSHISTORY group by 1',
  rejects: 'select CONTAINERID, count(*) from DW_MES_LOTREJECTHISTORY group by 1',
  downstream_rejects: 'select CONTAINERID, count(*) from DW_MES_LOTREJECTHISTORY group by 1',
  holds: 'select CONTAINERID, count(*) from DW_MES_HOLDRELEASEHISTORY group by 1',
  jobs: `select c.CONTAINERID, count(*) from DW_MES_CONTAINER c
    join DW_MES_JOB j on contains(j.CONTAINERIDS, c.CONTAINERID) group by 1`,
  upstream_history: `select CONTAINERID, count(*) from (
      select distinct CONTAINERID, WORKCENTERNAME, EQUIPMENTID from DW_MES_LOTWIPHISTORY
      where EQUIPMENTID is not null and TRACKINTIMESTAMP is not null) group by 1`,
};

const TRAP_PREFIX = trapId(0, 0).slice(0, 8);
/** A lot of which two splits, a merge of twenty and the splits of each source are known. */
const DEEP_SEED = trapId(9, 4);

describe('a whole sample warehouse', () => {
  let sample: MadeSample;
  let warehouse: DuckDbWarehouse;
  let ids: string[];
  beforeAll(async () => {
    sample = await makeSample({ containers: 1000, seed: 7 });
    warehouse = await openDuckDb({ file: sample.file, memoryLimit: '512MB', threads: 2 });
    const rows = await sample.ask('select distinct CONTAINERID from DW_MES_CONTAINER where CONTAINERID is not null');
    ids = rows.map(([container]) => String(container));
  });
  afterAll(async () => {
    await warehouse.close();
    await sample.close();
  });

  it('gives every record of every container, and each once', async () => {
    const { job, output } = makeRecordedJob({ warehouse, params: { kind: 'events' }, domains: EVENT_DOMAINS, ids });
    await runEvents(job);
    const wanted = new Set(ids);
    for (const domain of EVENT_DOMAINS) {
      const counts = new Map<string, number>();
      for (const { CONTAINERID: container } of output.records(domain)) {
        counts.set(String(container), (counts.get(String(container)) ?? 0) + 1);
      }
      const plain = (await sample.ask(PLAIN[domain])).filter(([container]) => wanted.has(String(container)));
      expect(counts).toEqual(new Map(plain.map(([container, count]) => [String(container), Number(count)])));
      expect(counts.size).toBeGreaterThan(0);
      const found = output.domain(domain).seals.reduce((sum, seal) => sum + seal.containersFound, 0);
      expect(found).toBe(counts.size);
    }
  });

  it('gives a load of five partial track-outs as one: 43200 in, 43200 out, until the last of them has ended', async () => {
    const [[lot] = []] = await sample.ask(
      `select CONTAINERID from DW_MES_CONTAINER where CONTAINERNAME = 'GA26011704-A00-003'`,
    );
    const domains = ['upstream_history'] as const;
    const { job, output } = makeRecordedJob({ warehouse, params: { kind: 'events' }, domains, ids: [String(lot)] });
    await runEvents(job);
    const loads = output
      .records('upstream_history')
      .map((record) => [
        record['EQUIPMENTNAME'],
        record['TRACKINTIMESTAMP'],
        record['TRACKOUTTIMESTAMP'],
        record['TRACKINQTY'],
        record['TRACKOUTQTY'],
      ]);
    expect(loads).toContainEqual(['GWBK-0241', '2026-01-19T07:30:00', '2026-01-20T01:30:45', 43_200, 43_200]);
    // One that is still at its machine has neither output nor end.
    expect(loads).toContainEqual(['GTMA-0196', '2026-01-22T09:30:00', null, 39_590, 0]);
  });

  it.each(['backward', 'forward', 'forward through merges'])(
    'gives the lineage that a naive walk over its rows finds: %s',
    async (way) => {
      const genealogy = await readGenealogy(sample);
      // Some of all, and every lot of the families that are made to be difficult.
      const seeds = ids.toSorted().filter((id, index) => index % 97 === 0 || id.startsWith(TRAP_PREFIX));
      expect(seeds.length).toBeGreaterThan(100);
      const followMerges = way === 'forward through merges';
      const expected =
        way === 'backward' ? referenceLineage(genealogy, seeds) : referenceForward(genealogy, seeds, followMerges);
      const direction = way === 'backward' ? 'backward' : 'forward';
      const { nodes, edges } = await traceLineage(warehouse, { direction, followMerges, seeds, batchRecords: 5000 });
      const origins = edges.filter((edge) => edge.edge_type === 'split_from' || edge.edge_type === 'merge_source');
      expect(edgeTexts(origins)).toEqual(expected.edges);
      expect(origins.length).toBeGreaterThan(0);
      const levels = levelsOf(nodes);
      for (const [container, level] of expected.levels) expect(levels.get(container)).toBe(level);
    },
  );

  it('gives a lineage of many ancestors, several splits deep, over a merge', async () => {
    const { nodes, edges } = await traceLineage(warehouse, { direction: 'backward', seeds: [DEEP_SEED] });
    expect(nodes.length).toBeGreaterThan(60);
    expect(Math.max(...levelsOf(nodes).values())).toBe(7);
    expect(edges.filter((edge) => edge.edge_type === 'merge_source')).toHaveLength(20);
    const forward = await traceLineage(warehouse, { direction: 'forward', followMerges: true, seeds: [trapId(9, 1)] });
    expect(forward.nodes.map((node) => node.container_id)).toContain(DEEP_SEED);
  });
});

async function readGenealogy(sample: MadeSample): Promise<Genealogy> {
  const parents = await sample.ask(
    `select CONTAINERID, trim(SPLITFROMID) from DW_MES_CONTAINER where CONTAINERID is not null and trim(SPLITFROMID) <> ''`,
  );
  const merges = await sample.ask(
    'select CONTAINERID, LOTID from DW_MES_PJ_COMBINEDASSYLOTS where CONTAINERID is not null and LOTID is not null',
  );
  return {
    parents: new Map(parents.map(([child, parent]) => [String(child), String(parent)])),
    merges: merges.map(([source, target]) => [String(source), String(target)] as const),
  };
}
