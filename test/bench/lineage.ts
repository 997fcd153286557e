import { DuckDBInstance, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { runLineage } from '../../oracle-bridge/trace/run-lineage.ts';
import { openDuckDb } from '../../oracle-bridge/warehouse/duckdb/warehouse.ts';
import type { StatementReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import { makeRecordedJob } from '../helpers/recorded-job.ts';
import { median } from './figures.ts';

/** A backward lineage as the bridge walks it, against one statement written by hand for the same nodes. */
export interface LineageFigures {
  /** By what was asked for. */
  readonly [question: string]: {
    readonly nodes: number;
    readonly by_hand_ms: number;
    readonly lineage_ms: number;
    readonly ratio: number;
  };
}

const SEEDS = 114_000;
const ROUNDS = 3;
/** A lot of the trap family with more than 60 ancestors, by splits and a merge of 20. */
const DEEP_LOT = 'GA26021716-A01-01C';
const LIMITS = { memoryLimit: '4GB', threads: 2 } as const;

/**
 * Split ancestors of the seeds, merge sources of those, split ancestors of the sources, with what is shown of each: the
 * columns of the lineage's own nodes, without edges, wafers, rework, types and roots.
 */
const BY_HAND = `
with recursive seed as (select unnest($ids) as CONTAINERID),
up as (
  select CONTAINERID, 1 as LEVEL from seed
  union
  select c.SPLITFROMID, up.LEVEL + 1 from up join DWH.DW_MES_CONTAINER c on c.CONTAINERID = up.CONTAINERID
  where up.LEVEL < 20 and c.SPLITFROMID <> c.CONTAINERID
),
source as (
  select distinct rtrim(CONTAINERID) as CONTAINERID from DWH.DW_MES_PJ_COMBINEDASSYLOTS
  where LOTID in (select CONTAINERID from up) and rtrim(CONTAINERID) <> ''
),
again as (
  select CONTAINERID, 1 as LEVEL from source
  union
  select c.SPLITFROMID, again.LEVEL + 1 from again join DWH.DW_MES_CONTAINER c on c.CONTAINERID = again.CONTAINERID
  where again.LEVEL < 20 and c.SPLITFROMID <> c.CONTAINERID
)
select node.CONTAINERID, c.CONTAINERNAME, c.MFGORDERNAME, c.FIRSTNAME, c.OBJECTTYPE
from (select CONTAINERID from up union select CONTAINERID from again) node
left join DWH.DW_MES_CONTAINER c on c.CONTAINERID = node.CONTAINERID`;

export async function measureLineage(warehouseFile: string): Promise<LineageFigures> {
  const instance = await DuckDBInstance.create(warehouseFile, {
    access_mode: 'READ_ONLY',
    memory_limit: LIMITS.memoryLimit,
    threads: String(LIMITS.threads),
  });
  const connection = await instance.connect();
  const warehouse = await openDuckDb({ file: warehouseFile, ...LIMITS });
  try {
    const idsOf = async (sql: string): Promise<string[]> =>
      (await connection.runAndReadAll(sql)).getRows().map(([id]) => String(id));
    const questions = {
      [`${SEEDS} seeds`]: await idsOf(
        `SELECT CONTAINERID FROM DWH.DW_MES_CONTAINER WHERE SPLITFROMID IS NOT NULL AND CONTAINERID IS NOT NULL
         ORDER BY hash(CONTAINERID) LIMIT ${SEEDS}`,
      ),
      '50 ancestors': await idsOf(`SELECT CONTAINERID FROM DWH.DW_MES_CONTAINER WHERE CONTAINERNAME = '${DEEP_LOT}'`),
    };
    const figures: Record<string, LineageFigures[string]> = {};
    for (const [question, ids] of Object.entries(questions)) {
      const binds = { ids: listValue(ids) };
      const types = { ids: LIST(VARCHAR) };
      const byHand = async () => (await connection.runAndReadAll(BY_HAND, binds, types)).currentRowCount;
      const lineage = () => walk(warehouse, ids);
      figures[question] = await compare(byHand, lineage);
      process.stderr.write(`lineage of ${question}: ${JSON.stringify(figures[question])}\n`);
    }
    return figures;
  } finally {
    await warehouse.close();
    connection.closeSync();
    instance.closeSync();
  }
}

/** Pairs, one after the other, so that both meet the machine as it is; a first one of each warms it up. */
async function compare(byHand: () => Promise<number>, lineage: () => Promise<number>) {
  await byHand();
  const nodes = await lineage();
  const pairs: { byHandMs: number; lineageMs: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    pairs.push({ byHandMs: await timed(byHand), lineageMs: await timed(lineage) });
  }
  return {
    nodes,
    by_hand_ms: Math.round(median(pairs.map(({ byHandMs }) => byHandMs))),
    lineage_ms: Math.round(median(pairs.map(({ lineageMs }) => lineageMs))),
    ratio: Math.round(median(pairs.map(({ byHandMs, lineageMs }) => lineageMs / byHandMs)) * 100) / 100,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** Answers the number of nodes. */
async function walk(warehouse: StatementReader, ids: readonly string[]): Promise<number> {
  const params = { kind: 'lineage', direction: 'backward', follow_merges: false } as const;
  const { job, output } = makeRecordedJob({ warehouse, params, domains: ['nodes', 'edges'], ids });
  let nodes = 0;
  output.writeBatch = (domain, batch) => {
    if (domain === 'nodes') nodes += batch.count;
    return Promise.resolve();
  };
  await runLineage(job);
  return nodes;
}
