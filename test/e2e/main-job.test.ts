import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { EventsAnswer, LineageAnswer, SeedResolveAnswer } from '#protocol/trace.ts';
import type { JobAccepted, Manifest, ResultPage } from '#protocol/job.ts';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, submitEvents, waitForJob } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { askWarehouse, sampleFile, sampleIds } from '../helpers/sample-file.ts';
import { readToEnd, sha256 } from '../helpers/stream-check.ts';

const run = promisify(execFile);
const CONTAINERS = 6000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

let plant: Plant;
let file: string;
beforeAll(async () => {
  file = await sampleFile(CONTAINERS);
  plant = await startPlant({ warehouseFile: file, limitsCalls: true });
});
afterAll(() => plant.stop());

const historyCount = async (ids: readonly string[]) => {
  const list = ids.map((id) => `'${id}'`).join();
  const rows = await askWarehouse(
    file,
    `SELECT count(*)::INTEGER AS n FROM DWH.DW_MES_LOTWIPHISTORY
     WHERE EQUIPMENTID IS NOT NULL AND TRACKINTIMESTAMP IS NOT NULL AND CONTAINERID IN (${list})`,
  );
  return Number(rows[0]?.['n']);
};

/** All of a stream but what is told once a second of reading. */
function lasting(bytes: Buffer): string[] {
  return bytes
    .toString()
    .split('\n')
    .filter((line) => !line.startsWith('{"type":"progress"'));
}

describe('a trace from lots to events', () => {
  it('resolves lots, walks their lineage, and shows every event of every container', async () => {
    const seeds = await post(`${plant.url}/api/trace/seed-resolve`, {
      profile: 'query_tool',
      params: { input_type: 'lot_id', values: ['GA26*', 'NO-SUCH-LOT'] },
    });
    expect(seeds.status).toBe(200);
    const resolved = (await seeds.json()) as SeedResolveAnswer;
    expect(resolved.seed_count).toBe(resolved.seeds.length);
    expect(resolved.not_found).toEqual(['NO-SUCH-LOT']);
    expect(seeds.headers.get('content-location')).toBe(`/api/trace/job/${resolved.job_id}`);

    const walked = await post(`${plant.url}/api/trace/lineage`, {
      profile: 'query_tool_reverse',
      container_ids_from: { job_id: resolved.job_id, domain: 'seeds' },
    });
    expect(walked.status).toBe(200);
    const lineage = (await walked.json()) as LineageAnswer;
    expect(lineage.totals.seeds).toBe(new Set(resolved.seeds.map((seed) => seed.container_id)).size);
    expect(lineage.nodes.length).toBe(lineage.totals.nodes);

    const ids = lineage.nodes.map((node) => node.container_id);
    const jobId = await submitEvents(plant.url, {
      container_ids_from: { job_id: lineage.job_id, domain: 'nodes' },
      domains: ['history', 'materials', 'rejects', 'holds', 'jobs', 'upstream_history'],
    });
    const totals = new Map<string, number>();
    const check = await readToEnd(plant.url, jobId, {
      onLine: (event) => (event.type === 'domain_end' ? (totals.set(event.domain, event.total_records), true) : true),
    });
    expect(check.terminal).toMatchObject({ type: 'complete', state: 'succeeded', quality: { status: 'complete' } });
    expect(totals.get('history')).toBe(await historyCount(ids));
    expect(totals.size).toBe(6);
  });

  it('begins with what was tracked in at stations in some days, and goes on by reference', async () => {
    const posted = await post(
      `${plant.url}/api/trace/seed-resolve`,
      {
        profile: 'mid_section_defect',
        params: {
          mode: 'date_range',
          start_date: '2024-06-01',
          end_date: '2026-05-31',
          workcenter_groups: ['焊接_DB', '成型'],
        },
      },
      { prefer: 'respond-async' },
    );
    expect(posted.status).toBe(202);
    const { job_id: jobId } = (await posted.json()) as JobAccepted;
    const [expected] = await askWarehouse(
      file,
      `SELECT count(DISTINCT CONTAINERID)::INTEGER AS n FROM DWH.DW_MES_LOTWIPHISTORY
       WHERE TRACKINTIMESTAMP >= '2024-06-01' AND TRACKINTIMESTAMP < '2026-06-01'
         AND regexp_matches(WORKCENTERNAME, '焊接?_DB|成型', 'i')`,
    );
    const status = await waitForJob(plant.url, jobId, ({ state }) => state === 'succeeded');
    expect(status).toMatchObject({ lane: 'batch', domains: { seeds: { records: expected?.['n'], ended: true } } });
    expect(Number(expected?.['n'])).toBeGreaterThan(1000);

    const reference = { job_id: jobId, domain: 'seeds' };
    const walked = await post(
      `${plant.url}/api/trace/lineage`,
      { profile: 'mid_section_defect', container_ids_from: reference },
      { prefer: 'respond-async' },
    );
    expect(walked.status).toBe(202);
    const lineage = await waitForJob(
      plant.url,
      ((await walked.json()) as JobAccepted).job_id,
      ({ state }) => state === 'succeeded',
    );
    expect(lineage.cid_count).toBe(expected?.['n']);
  });

  it('walks one more lot at once, forward as the profile says and backward if asked to', async () => {
    const [root] = await askWarehouse(
      file,
      `SELECT p.CONTAINERID AS id, list(c.CONTAINERID ORDER BY c.CONTAINERID) AS children
       FROM DWH.DW_MES_CONTAINER p JOIN DWH.DW_MES_CONTAINER c ON c.SPLITFROMID = p.CONTAINERID
       WHERE p.SPLITFROMID IS NULL GROUP BY p.CONTAINERID HAVING count(*) > 2 ORDER BY p.CONTAINERID LIMIT 1`,
    );
    const children = root?.['children'] as string[];
    const walk = async (id: unknown, params: Record<string, unknown>) => {
      const answer = await post(`${plant.url}/api/trace/lineage`, {
        profile: 'query_tool',
        container_ids: [id],
        params,
      });
      expect(answer.status).toBe(200);
      return (await answer.json()) as LineageAnswer;
    };
    const forward = await walk(children[0], {});
    expect(forward.direction).toBe('forward');
    const splits = forward.edges.filter((edge) => edge.edge_type === 'split_from' && edge.from_cid === root?.['id']);
    expect(splits.map((edge) => edge.to_cid)).toEqual(children);
    const backward = await walk(children[0], { direction: 'backward' });
    expect(backward).toMatchObject({ direction: 'backward', roots: [children[0]] });
    expect(backward.nodes.map((node) => node.container_id)).not.toContain(children[1]);
  });

  it('gives a small trace in one body, the same records as its pages', async () => {
    const ids = await sampleIds(file, 300);
    const response = await post(`${plant.url}/api/trace/events`, {
      profile: 'query_tool',
      container_ids: ids,
      domains: ['history', 'holds'],
    });
    expect(response.status).toBe(200);
    const answer = (await response.json()) as EventsAnswer;
    expect(answer.results.history?.count).toBe(await historyCount(ids));
    expect(answer.results.history?.data).toHaveLength(answer.results.history?.count ?? -1);
    const paged: unknown[] = [];
    let next: string | undefined = `/api/trace/job/${answer.job_id}/result?domain=history&limit=97`;
    while (next) {
      const page: Response = await fetch(plant.url + next);
      paged.push(...((await page.json()) as ResultPage).data);
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(paged).toEqual(answer.results.history?.data);
  });

  it('answers a container that has nothing, and one that is unknown, with empty results', async () => {
    const response = await post(`${plant.url}/api/trace/events`, {
      profile: 'query_tool',
      container_ids: ['ffffffffffffffff'],
    });
    expect(response.status).toBe(200);
    const answer = (await response.json()) as EventsAnswer;
    for (const set of Object.values(answer.results)) expect(set).toEqual({ count: 0, data: [] });
    expect(answer.quality.status).toBe('complete');
  });
});

describe('the stitched gzip stream', () => {
  it('is the same bytes for Node, curl and Python as identity is', async () => {
    const jobId = await submitEvents(plant.url, {
      container_ids: await sampleIds(file, 3000),
      domains: ['history', 'materials'],
    });
    await waitForJob(plant.url, jobId, (status) => status.state === 'succeeded');
    const url = `${plant.url}/api/trace/job/${jobId}/stream`;
    const output = { encoding: 'buffer' as const, maxBuffer: MAX_OUTPUT_BYTES };

    const raw = await request(url, { headers: { 'accept-encoding': 'gzip' } });
    expect(raw.headers['content-encoding']).toBe('gzip');
    expect(raw.headers['content-type']).toBe('application/x-ndjson');
    const gzipped = Buffer.from(await raw.body.arrayBuffer());
    const plain = await request(url, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const identity = lasting(Buffer.from(await plain.body.arrayBuffer()));

    expect(lasting(gunzipSync(gzipped))).toEqual(identity);
    const byFetch = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(lasting(byFetch)).toEqual(identity);
    const curl = await run('curl', ['-sS', '--compressed', url], output);
    expect(lasting(curl.stdout)).toEqual(identity);
    const script = `import gzip,sys,urllib.request as u
r=u.urlopen(u.Request(sys.argv[1],headers={'Accept-Encoding':'gzip'}))
sys.stdout.buffer.write(gzip.decompress(r.read()))`;
    const python = await run('python3', ['-c', script, url], output);
    expect(lasting(python.stdout)).toEqual(identity);
  });

  it('agrees with the manifest', async () => {
    const jobId = await submitEvents(plant.url, { container_ids: await sampleIds(file, 2000), domains: ['history'] });
    const lines: string[] = [];
    await readToEnd(plant.url, jobId, {
      onLine: (event) => (event.type === 'position' ? (lines.push(event.sha256), true) : true),
    });
    const manifest = (await (await fetch(`${plant.url}/api/trace/job/${jobId}/manifest`)).json()) as Manifest;
    expect(manifest.complete).toBe(true);
    expect(manifest.chunks.map((chunk) => chunk.sha256)).toEqual(lines);
    const end = sha256(manifest.chunks.map((chunk) => chunk.sha256).join(''));
    expect(end).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('pages at their edges', () => {
  it('take limits from 1 to 5000, offsets to the total and beyond, across chunks', async () => {
    const ids = await sampleIds(file, 2500);
    const jobId = await submitEvents(plant.url, { container_ids: ids, domains: ['history'] });
    const { domains } = await waitForJob(plant.url, jobId, (status) => status.state === 'succeeded');
    const total = domains.history?.records ?? 0;
    expect(total).toBeGreaterThan(10_000);
    const page = async (query: string) =>
      await fetch(`${plant.url}/api/trace/job/${jobId}/result?domain=history&${query}`);
    const data = async (query: string) => ((await (await page(query)).json()) as ResultPage).data;
    const first = await data('offset=0&limit=5000');
    expect(first).toHaveLength(5000);
    const across = await data('offset=4990&limit=5000');
    expect(across.slice(0, 10)).toEqual(first.slice(4990));
    expect(await data(`offset=${total - 1}&limit=5000`)).toHaveLength(1);
    expect(await data(`offset=${total}&limit=1`)).toEqual([]);
    expect(await data(`offset=${total + 1}&limit=1`)).toEqual([]);
    expect(await data('limit=1')).toEqual(first.slice(0, 1));
    for (const bad of ['limit=0', 'limit=5001', 'offset=-1', 'limit=x', 'offset=1.5']) {
      const response = await page(bad);
      expect(response.status, bad).toBe(400);
      expect(((await response.json()) as { code: string }).code).toBe('INVALID_PARAMS');
    }
  });
});
