import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../oracle-bridge/log.ts';
import type { RunKind } from '../../oracle-bridge/job/job-context.ts';
import { AskedLogins } from '../../oracle-bridge/job/asked-logins.ts';
import { JobWorker } from '../../oracle-bridge/job/job-worker.ts';
import type { FromWorker, JobEnd } from '../../oracle-bridge/job/worker-message.ts';
import { WarehouseHolder } from '../../oracle-bridge/job/warehouse-holder.ts';
import { ProblemError } from '#protocol/problem.ts';
import { EdgeClient } from '../../oracle-bridge/edge/edge-client.ts';
import { EdgeHttp } from '../../oracle-bridge/edge/edge-http.ts';
import { createSigner } from '../../oracle-bridge/edge/bridge-token.ts';
import type { RecordBatch, StatementReader } from '../../oracle-bridge/warehouse/warehouse.ts';
import { warehouseOf } from '../helpers/without-snapshots.ts';
import { EdgeDouble } from '../helpers/bridge-edge-double.ts';
import { SILENT, encodePlainly, makeBatch, makeConfig, makeKey, makeLease } from '../helpers/bridge-samples.ts';

const IDS = Array.from({ length: 2500 }, (_, index) => index.toString(16).padStart(16, '0'));
const opened: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const part of opened.splice(0)) await part.close();
});

/** One record an id; a query without ids never ends by itself. */
const reader: StatementReader = {
  async *readRecords(statement, { signal, batchRecords }): AsyncIterable<RecordBatch> {
    const ids = statement.binds['ids'] as readonly string[];
    if (ids.length === 0) {
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('interrupted'))));
    }
    for (let at = 0; at < ids.length; at += batchRecords) {
      const count = Math.min(batchRecords, ids.length - at);
      yield makeBatch(count, count);
    }
  },
  readRows: () => Promise.resolve([]),
};

/** Reads all ids in ranges of 1000 and writes what the warehouse has for them. */
const readEverything: RunKind = async (job) => {
  const { lease, output, signal, warehouse } = job;
  const { cid_count: total, batch_records: batchRecords } = lease.spec;
  for (const domain of lease.spec.domains) {
    for (let from = lease.resume[domain]?.ids_done ?? 0; from < total; from += 1000) {
      const ids = await job.readIds(from, 1000);
      let containersFound = 0;
      for await (const batch of warehouse.readRecords({ name: domain, binds: { ids } }, { batchRecords, signal })) {
        await output.writeBatch(domain, batch);
        containersFound += batch.containersFound;
      }
      await output.sealRange(domain, { idsTo: from + ids.length, containersFound });
    }
    await output.endDomain(domain, { status: 'complete' });
  }
};

async function setUp(runKind: RunKind, environment: Readonly<Record<string, string>> = {}) {
  const key = await makeKey();
  const edge = await EdgeDouble.start(key);
  const http = new EdgeHttp({
    edgeUrl: edge.url,
    connections: 4,
    sign: await createSigner('bridge-1', key),
    log: SILENT,
  });
  const sent: FromWorker[] = [];
  const lines: string[] = [];
  let openings = 0;
  const body = new JobWorker({
    config: makeConfig(environment),
    client: new EdgeClient(http, SILENT),
    warehouse: new WarehouseHolder(async () => {
      openings++;
      return warehouseOf(reader);
    }, SILENT),
    logins: new AskedLogins((message) => sent.push(message)),
    fileOf: () => ({ slow: false, timeoutSeconds: undefined }),
    runKindOf: () => runKind,
    encode: encodePlainly,
    log: createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    send: (message) => sent.push(message),
  });
  opened.push(body, edge);
  const run = async (lease: ReturnType<typeof makeLease>): Promise<JobEnd | undefined> => {
    edge.submit(lease, IDS).state = 'running';
    await body.handle({ type: 'run', lease });
    const last = sent.at(-1);
    return last?.type === 'ended' ? last.end : undefined;
  };
  return { edge, body, sent, lines, run, opens: () => openings };
}

describe('the work of a job worker', () => {
  it('runs a long job from its ids to the accepted end', async () => {
    const { edge, run, sent } = await setUp(readEverything);
    const lease = makeLease({ spec: { domains: ['materials', 'rejects'], cid_count: 2500, batch_records: 300 } });
    await expect(run(lease)).resolves.toEqual({ type: 'finished' });
    const job = edge.jobs.get(lease.job_id);
    expect(job?.ends).toEqual([{ call: 'finish', body: { records: 5000 } }]);
    expect(job?.log.records('materials')).toHaveLength(2500);
    expect(job?.log.domain('rejects')).toMatchObject({ idsDone: 2500, containersFound: 2500, nextBatch: 11 });
    expect(edge.calls.filter((call) => call.path.includes('/ids?'))).toHaveLength(1);
    const phases = sent.map((message) => (message.type === 'phase' ? message.phase : message.type));
    expect(phases).toEqual(['events', 'finishing', 'ended']);
  });

  it('opens its warehouse anew for the job behind one that could not read it', async () => {
    let attempts = 0;
    const { run, opens } = await setUp(async (job) => {
      if (++attempts === 1) throw new ProblemError('WAREHOUSE_UNAVAILABLE', 'away');
      await readEverything(job);
    });
    await expect(run(makeLease())).resolves.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE', retryable: true });
    await expect(run(makeLease({ job_id: 'cd'.repeat(32) }))).resolves.toEqual({ type: 'finished' });
    expect(opens()).toBe(2);
  });

  it('runs a short job with one call', async () => {
    const { edge, run } = await setUp(readEverything);
    const lease = makeLease({ spec: { lane: 'interactive', cid_count: 900 } });
    await expect(run(lease)).resolves.toEqual({ type: 'finished' });
    const names = edge.calls.map((call) => call.path.replace(/.*jobs\/[0-9a-f]+/, '').replace(/\?.*/, ''));
    expect(names).toEqual(['/ids', '/complete']);
  });

  it('makes smaller chunks than the job allows if it is told to, never larger ones', async () => {
    const { edge, run } = await setUp(readEverything, { TRACE_STREAM_BATCH_SIZE: '200' });
    const counts = async (jobId: string, batchRecords: number): Promise<number[] | undefined> => {
      await run(makeLease({ job_id: jobId, spec: { cid_count: 700, batch_records: batchRecords } }));
      return edge.jobs.get(jobId)?.log.visible.map((entry) => entry.count);
    };
    await expect(counts('ab'.repeat(32), 5000)).resolves.toEqual([200, 200, 200, 100]);
    await expect(counts('cd'.repeat(32), 150)).resolves.toEqual([150, 150, 150, 150, 100]);
  });

  it('stops with its query when it is told to', async () => {
    const { run, body } = await setUp(async ({ warehouse, signal }) => {
      const options = { batchRecords: 10, signal };
      setImmediate(() => void body.handle({ type: 'abort' }));
      for await (const _batch of warehouse.readRecords({ name: 'x', binds: { ids: [] } }, options));
    });
    await expect(run(makeLease())).resolves.toEqual({ type: 'stopped', database: 'confirmed' });
  });

  it('ends as fenced when the edge says so, even though its query fails in another way then', async () => {
    const { edge, run } = await setUp(readEverything);
    edge.intercept = (call) => {
      const job = [...edge.jobs.values()][0];
      if (job && call.path.endsWith('/chunks/2')) job.state = 'fenced';
      return undefined;
    };
    const lease = makeLease({ spec: { cid_count: 2500, batch_records: 300 } });
    await expect(run(lease)).resolves.toMatchObject({ type: 'fenced' });
  });

  it('does not finish a job with a domain left open', async () => {
    const { edge, run, lines } = await setUp(async () => undefined);
    await expect(run(makeLease())).resolves.toMatchObject({ type: 'failed', code: 'INTERNAL' });
    expect(edge.calls).toEqual([]);
    expect(lines.join()).toContain('domains not ended: materials');
  });

  it('tells the reason of a defect to its log and to nobody else', async () => {
    const { run, lines } = await setUp(() => Promise.reject(new Error('ORA-01555: snapshot too old')));
    const end = await run(makeLease());
    expect(JSON.stringify(end)).not.toContain('ORA-01555');
    expect(lines.join()).toContain('ORA-01555');
  });

  it('keeps keys, nonces and ids out of its log', () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
    const lease = makeLease();
    log.info({ lease, nonce: lease.nonce, request: { authorization: 'Bearer x.y.z' }, ids: IDS.slice(0, 2) }, 'hello');
    expect(lines.join()).not.toContain(lease.nonce);
    expect(lines.join()).not.toContain('x.y.z');
    expect(lines.join()).not.toContain(IDS[1]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', msg: 'hello' });
  });
});
