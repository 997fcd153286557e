import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobAccepted } from '#protocol/job.ts';
import type { QueryAnswer } from '#protocol/query-tool.ts';
import { queryAnswerSchema, splitsSummarySchema } from '#protocol/query-tool.ts';
import { post, waitForJob } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { askWarehouse, sampleFile, sampleIds } from '../helpers/sample-file.ts';

const CONTAINERS = 2000;
/** The lot of the sample with partial track-outs, holds, rejects and splits. */
const HUB = 'GA26011704-A00-003';

let plant: Plant;
let file: string;
let hubId: string;
beforeAll(async () => {
  file = await sampleFile(CONTAINERS);
  plant = await startPlant({ warehouseFile: file });
  const [row] = await askWarehouse(file, `SELECT CONTAINERID FROM DWH.DW_MES_CONTAINER WHERE CONTAINERNAME = '${HUB}'`);
  hubId = String(row?.['CONTAINERID']);
});
afterAll(() => plant.stop());

async function ask(path: string, body?: Record<string, unknown>): Promise<QueryAnswer> {
  const url = `${plant.url}/api/query-tool/${path}`;
  const response = body ? await post(url, body) : await fetch(url);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return queryAnswerSchema.parse(await response.json());
}

describe('the query tool', () => {
  it('gives the history of a lot, with partial track-outs merged', async () => {
    const { data, pagination, quality } = await ask('lot-history', { container_ids: [hubId] });
    const rows = await askWarehouse(
      file,
      `SELECT DISTINCT EQUIPMENTID, SPECNAME, TRACKINTIMESTAMP FROM DWH.DW_MES_LOTWIPHISTORY
       WHERE CONTAINERID = '${hubId}' AND EQUIPMENTID IS NOT NULL AND TRACKINTIMESTAMP IS NOT NULL`,
    );
    expect(data).toHaveLength(rows.length);
    expect(pagination).toEqual({ page: 1, per_page: 200, total: rows.length, total_pages: 1 });
    expect(quality.status).toBe('complete');
    expect(data.find((row) => row['partial_count'] === 5)).toMatchObject({
      CONTAINERNAME: HUB,
      EQUIPMENTNAME: 'GWBK-0241',
      WORKCENTER_GROUP: '焊接_WB',
      TRACKINQTY: 43_200,
      TRACKOUTQTY: 43_200,
      TRACKOUTTIMESTAMP: '2026-01-20T01:30:45',
    });
  });

  it('gives the history of 200 lots page by page, no row twice and none left out', async () => {
    const body = { container_ids: await sampleIds(file, 200), per_page: 500 };
    const first = await ask('lot-history', body);
    expect(first.data).toHaveLength(500);
    const rows = [...first.data];
    for (let page = 2; page <= first.pagination.total_pages; page++)
      rows.push(...(await ask('lot-history', { ...body, page })).data);
    expect(rows).toHaveLength(first.pagination.total);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
    expect(rows.reduce((sum, row) => sum + Number(row['partial_count']), 0)).toBeGreaterThan(rows.length);
  });

  it('gives what was split from a lot and joined with it, all of it in the lane of long jobs', async () => {
    const body = { container_ids: [hubId], type: 'splits', full_history: true };
    const response = await post(`${plant.url}/api/query-tool/lot-associations`, body, { prefer: 'respond-async' });
    const { job_id } = (await response.json()) as JobAccepted;
    const status = await waitForJob(plant.url, job_id, ({ state }) => state === 'succeeded');
    expect(status.lane).toBe('batch');
    const answer = await ask('lot-associations', body);
    const [row] = await askWarehouse(
      file,
      `SELECT count(*)::INTEGER AS n FROM DWH.DW_MES_HM_LOTMOVEOUT
       WHERE CDONAME IN ('SplitLot', 'CombineLot') AND (CONTAINERID = '${hubId}' OR FROMCONTAINERID = '${hubId}')`,
    );
    expect(answer.data).toHaveLength(Number(row?.['n']));
    const { serials } = splitsSummarySchema.parse(answer);
    for (const { lots } of serials) expect(lots.some((lot) => lot.container_id === hubId)).toBe(true);
  });

  it('lists groups and machines, and answers every question about one of them', async () => {
    expect((await ask('workcenter-groups')).data).toHaveLength(12);
    const machines = await ask('equipment-list');
    expect(machines.pagination.total).toBe(machines.data.length);
    const machine = machines.data.find((row) => row['RESOURCENAME'] === 'GWBK-0241');
    const period = { equipment_ids: [machine?.['RESOURCEID']], start_date: '2025-01-01', end_date: '2026-12-31' };
    for (const query_type of ['status_hours', 'lots', 'materials', 'rejects', 'jobs']) {
      const { data } = await ask('equipment-period', { ...period, query_type });
      expect([query_type, data.length > 0]).toEqual([query_type, true]);
    }
    const around = { equipment_id: machine?.['RESOURCEID'], target_time: '2026-01-19T07:30:00', window_hours: 168 };
    const { data } = await ask('adjacent-lots', around);
    expect(data.find((row) => row['RELATIVE_POSITION'] === 0)).toMatchObject({ CONTAINERNAME: HUB, partial_count: 5 });
    const lookup = await ask('lot-equipment-lookup', { values: [HUB] });
    expect(lookup.data.map((row) => row['EQUIPMENTID'])).toContain(machine?.['RESOURCEID']);
  });

  it('traces materials both ways', async () => {
    const forward = await ask('material-trace', { direction: 'forward', values: [HUB] });
    const lots = [...new Set(forward.data.flatMap((row) => row['MATERIALLOTNAME'] ?? []))];
    expect(lots.length).toBeGreaterThan(0);
    const reverse = await ask('material-trace', { direction: 'reverse', values: lots });
    expect(reverse.data.map((row) => row['CONTAINERNAME'])).toContain(HUB);
  });

  it('exports rows as CSV that a spreadsheet opens without running anything', async () => {
    const text = async (lot: string) => {
      const [row] = await askWarehouse(
        file,
        `SELECT CONTAINERID FROM DWH.DW_MES_CONTAINER WHERE CONTAINERNAME = '${lot}'`,
      );
      const body = { export_type: 'lot_rejects', lang: 'zh-TW', container_ids: [row?.['CONTAINERID']] };
      const response = await post(`${plant.url}/api/query-tool/export-csv`, body);
      expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      return Buffer.from(await response.arrayBuffer()).toString('utf8');
    };
    const csv = await text('GA26021718-A00-001');
    expect(csv.startsWith('\uFEFFContainer ID,批號,')).toBe(true);
    expect(csv).not.toMatch(/(^|,)"?[=+@]/m);
    expect(csv).toMatch(/,"?'=/);
  });
});
