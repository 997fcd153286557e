import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Domain } from '#protocol/domain.ts';
import type { Lease } from '#protocol/lease.ts';
import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { SmallOutput, mayCompleteAtOnce } from '../../oracle-bridge/job/small-output.ts';
import type { OutputOptions } from '../../oracle-bridge/job/streaming-output.ts';
import { StreamingOutput } from '../../oracle-bridge/job/streaming-output.ts';
import { LogDouble } from '../helpers/bridge-log-double.ts';
import { encodePlainly, makeBatch, makeLease } from '../helpers/bridge-samples.ts';

type Client = OutputOptions['client'];

/** The client of an edge that keeps its books in memory; `before` may hold up or fail any call. */
function connect(
  lease: Lease,
  before: (call: keyof Client, detail: string) => Promise<void> = () => Promise.resolve(),
) {
  const log = new LogDouble(lease);
  const calls: string[] = [];
  const told = async <Value>(call: keyof Client, detail: string, work: () => Value): Promise<Value> => {
    calls.push(`${call} ${detail}`.trim());
    await before(call, detail);
    return work();
  };
  const client: Client = {
    putChunk: (_lease, head, segment) =>
      told('putChunk', `${head.domain} ${head.batch}`, () => log.putChunk(head, segment)),
    seal: (_lease, domain, request) =>
      told('seal', `${domain} ${request.first_batch}`, () => log.seal(domain, request)),
    endDomain: (_lease, domain, request) => told('endDomain', domain, () => log.endDomain(domain, request)),
    aggregate: (_lease, data) => told('aggregate', '', () => log.aggregate(data)),
    finish: (_lease, request) => told('finish', '', () => log.finish(request)),
    complete: (_lease, head, segments) => told('complete', '', () => log.complete(head, segments)),
  };
  const failures: unknown[] = [];
  const abort = new AbortController();
  const options: OutputOptions = {
    lease,
    client,
    encode: encodePlainly,
    uploads: 4,
    signal: abort.signal,
    onFailure: (error) => failures.push(error),
  };
  return { log, calls, options, failures, abort };
}

const batchLease = makeLease({ spec: { domains: ['materials', 'rejects'], cid_count: 1000, batch_records: 10 } });

describe('an output that streams', () => {
  it('puts chunks, seals ranges in order, ends and finishes with the totals of the edge', async () => {
    const { log, calls, options } = connect(batchLease);
    const output = new StreamingOutput(options);
    await output.writeBatch('materials', makeBatch(10));
    await output.writeBatch('materials', makeBatch(3));
    await output.sealRange('materials', { idsTo: 50, containersFound: 7 });
    await output.sealRange('materials', { idsTo: 250, containersFound: 0 });
    await output.writeBatch('materials', makeBatch(4));
    await output.sealRange('materials', { idsTo: 1000, containersFound: 2 });
    await output.endDomain('materials', { status: 'complete' });
    await output.sealRange('rejects', { idsTo: 1000, containersFound: 0 });
    await output.endDomain('rejects', { status: 'failed', code: 'QUERY_TIMEOUT', detail: 'too slow' });
    await output.aggregate({ lots: 3 });
    await output.finish();

    expect(log.seals).toEqual([
      { domain: 'materials', first_batch: 1, last_batch: 2, ids_to: 50, records: 13, containers_found: 7 },
      { domain: 'materials', first_batch: 3, ids_to: 250, records: 0, containers_found: 0 },
      { domain: 'materials', first_batch: 3, last_batch: 3, ids_to: 1000, records: 4, containers_found: 2 },
      { domain: 'rejects', first_batch: 1, ids_to: 1000, records: 0, containers_found: 0 },
    ]);
    expect(log.records('materials')).toHaveLength(17);
    expect(log.domain('rejects').end).toMatchObject({ status: 'failed', code: 'QUERY_TIMEOUT', detail: 'too slow' });
    expect(log.aggregation).toEqual({ lots: 3 });
    expect(log.finished).toBe(true);
    expect(calls.at(-1)).toBe('finish');
  });

  it('sends the next range’s chunks while a seal is on its way', async () => {
    const sealing = Promise.withResolvers<void>();
    const { log, calls, options } = connect(batchLease, (call) =>
      call === 'seal' ? sealing.promise : Promise.resolve(),
    );
    const output = new StreamingOutput(options);
    await output.writeBatch('materials', makeBatch(1));
    await output.sealRange('materials', { idsTo: 50, containersFound: 1 });
    await output.writeBatch('materials', makeBatch(2));
    await output.sealRange('materials', { idsTo: 250, containersFound: 1 });
    await output.writeBatch('materials', makeBatch(3));
    await turns();
    expect(calls.toSorted()).toEqual(
      [1, 2, 3].map((batch) => `putChunk materials ${batch}`).concat('seal materials 1'),
    );
    sealing.resolve();
    await output.sealRange('materials', { idsTo: 1000, containersFound: 1 });
    await output.endDomain('materials', { status: 'complete' });
    expect(log.seals.map((seal) => seal.ids_to)).toEqual([50, 250, 1000]);
  });

  it('ends a domain that failed in a range only when its chunks have arrived: the edge would refuse a late one', async () => {
    const arriving = Promise.withResolvers<void>();
    const { calls, options, failures } = connect(batchLease, (call) =>
      call === 'putChunk' ? arriving.promise : Promise.resolve(),
    );
    const output = new StreamingOutput(options);
    await output.writeBatch('materials', makeBatch(2));
    const ended = output.endDomain('materials', { status: 'failed', code: 'RESULT_TOO_LARGE', detail: 'too large' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toEqual(['putChunk materials 1']);
    arriving.resolve();
    await ended;
    expect(calls).toEqual(['putChunk materials 1', 'endDomain materials']);
    expect(failures).toEqual([]);
  });

  it('waits for credit and holds the writer back', async () => {
    const sealing = Promise.withResolvers<void>();
    const { log, options } = connect(batchLease, (call) => (call === 'seal' ? sealing.promise : Promise.resolve()));
    const output = new StreamingOutput(options);
    await output.writeBatch('materials', makeBatch(1));
    await output.sealRange('materials', { idsTo: 50, containersFound: 1 });
    for (let chunk = 1; chunk < MAX_STAGED_CHUNKS; chunk++) await output.writeBatch('materials', makeBatch(1));
    const next = output.writeBatch('materials', makeBatch(1));
    const other = Symbol('something else');
    expect(await Promise.race([next, turns().then(() => other)])).toBe(other);
    sealing.resolve();
    await next;
    await output.sealRange('materials', { idsTo: 1000, containersFound: 1 });
    await output.endDomain('materials', { status: 'complete' });
    expect(log.mostStaged).toBeLessThanOrEqual(MAX_STAGED_CHUNKS);
  });

  it('makes work that starts over visible in pieces, and refuses a range by ids that fills the window', async () => {
    const restart = makeLease({ spec: { resume: 'restart', domains: ['materials'], batch_records: 10 } });
    const lineage = connect(restart);
    const output = new StreamingOutput(lineage.options);
    for (let chunk = 0; chunk < 3 * MAX_STAGED_CHUNKS; chunk++) await output.writeBatch('materials', makeBatch(2));
    await output.sealRange('materials', { idsTo: 3, containersFound: 5 });
    await output.endDomain('materials', { status: 'complete' });
    await output.finish();
    expect(lineage.log.records('materials')).toHaveLength(6 * MAX_STAGED_CHUNKS);
    expect(lineage.log.domain('materials').containersFound).toBe(5);

    const events = new StreamingOutput(connect(batchLease).options);
    for (let chunk = 0; chunk < MAX_STAGED_CHUNKS; chunk++) await events.writeBatch('materials', makeBatch(1));
    await expect(events.writeBatch('materials', makeBatch(1))).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
  });

  it('goes on behind the resume point', async () => {
    const resume = { materials: { next_batch: 4, ids_done: 250, records: 0, ended: false } };
    const { log, calls, options } = connect(makeLease({ resume, spec: { domains: ['materials'], cid_count: 1000 } }));
    const output = new StreamingOutput(options);
    await output.writeBatch('materials', makeBatch(2));
    await output.sealRange('materials', { idsTo: 1000, containersFound: 1 });
    await output.endDomain('materials', { status: 'complete' });
    expect(calls).toEqual(['putChunk materials 4', 'seal materials 4', 'endDomain materials']);
    expect(log.domain('materials').end?.totals).toEqual({ records: 2, batches: 4 });
  });

  it('does not aggregate a second time', async () => {
    const { calls, options } = connect(makeLease({ aggregated: true }));
    await new StreamingOutput(options).aggregate({ lots: 3 });
    expect(calls).toEqual([]);
  });

  it('says that an upload has failed, and throws the same error from every later call', async () => {
    const refused = new ProblemError('LEASE_FENCED', 'another bridge holds it');
    const { options, failures } = connect(batchLease, (call) =>
      call === 'putChunk' ? Promise.reject(refused) : Promise.resolve(),
    );
    const output = new StreamingOutput(options);
    await output.writeBatch('materials', makeBatch(1));
    await turns();
    expect(failures).toEqual([refused]);
    await expect(output.writeBatch('materials', makeBatch(1))).rejects.toBe(refused);
    await expect(output.sealRange('materials', { idsTo: 3, containersFound: 0 })).rejects.toBe(refused);
    await expect(output.finish()).rejects.toBe(refused);
  });

  it('leaves no gap and loses nothing, however long each call takes', async () => {
    const domains: Domain[] = ['materials', 'rejects', 'holds'];
    const lease = makeLease({ spec: { domains, cid_count: 1000, batch_records: 10 } });
    const ranges = fc.array(fc.array(fc.integer({ min: 1, max: 10 }), { maxLength: MAX_STAGED_CHUNKS }), {
      minLength: 1,
      maxLength: 8,
    });
    const scenario = fc.record({ work: fc.tuple(ranges, ranges, ranges), delays: fc.infiniteStream(fc.nat(12)) });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ work, delays }) => {
        const { log, options } = connect(lease, () => turns(delays.next().value));
        const output = new StreamingOutput(options);
        const run = async (domain: Domain, ranges: number[][]): Promise<void> => {
          for (const [index, counts] of ranges.entries()) {
            for (const count of counts) await output.writeBatch(domain, makeBatch(count));
            const idsTo = index === ranges.length - 1 ? 1000 : index + 1;
            await output.sealRange(domain, { idsTo, containersFound: counts.length });
          }
          await output.endDomain(domain, { status: 'complete' });
        };
        await Promise.all(domains.map((domain, index) => run(domain, work[index] ?? [])));
        await output.finish();
        for (const [index, domain] of domains.entries()) {
          const sent = log.visible.filter((entry) => entry.domain === domain);
          expect(sent.map((entry) => entry.batch)).toEqual(sent.map((_, place) => place + 1));
          expect(sent.map((entry) => entry.count)).toEqual(work[index]?.flat());
        }
        expect(log.mostStaged).toBeLessThanOrEqual(MAX_STAGED_CHUNKS);
      }),
      { numRuns: 60 },
    );
  });
});

describe('an output for short jobs', () => {
  const lease = makeLease({ spec: { lane: 'interactive', domains: ['materials', 'rejects'], batch_records: 10 } });

  it('sends the whole job in one call', async () => {
    const { log, calls, options } = connect(lease);
    const output = new SmallOutput(options, () => 0);
    await output.writeBatch('materials', makeBatch(3));
    await output.sealRange('materials', { idsTo: 2, containersFound: 1 });
    await output.writeBatch('materials', makeBatch(4));
    await output.sealRange('materials', { idsTo: 3, containersFound: 1 });
    await output.endDomain('materials', { status: 'complete' });
    await output.sealRange('rejects', { idsTo: 3, containersFound: 0 });
    await output.endDomain('rejects', { status: 'complete' });
    await output.aggregate({ lots: 1 });
    await output.finish();
    expect(calls).toEqual(['complete']);
    expect(log.completed).toBe(true);
    expect(log.records('materials')).toHaveLength(7);
    expect(log.domain('materials').containersFound).toBe(2);
    expect(log.aggregation).toEqual({ lots: 1 });
  });

  it('keeps what was not sealed out of a domain that failed', async () => {
    const { log, options } = connect(lease);
    const output = new SmallOutput(options, () => 0);
    await output.writeBatch('materials', makeBatch(3));
    await output.sealRange('materials', { idsTo: 2, containersFound: 1 });
    await output.writeBatch('materials', makeBatch(4));
    await output.endDomain('materials', { status: 'failed', code: 'QUERY_TIMEOUT', detail: 'slow' });
    await output.endDomain('rejects', { status: 'complete' });
    await output.finish();
    expect(log.records('materials')).toHaveLength(3);
  });

  it('becomes a stream when a domain needs a second chunk, in the order in which it was written', async () => {
    const { log, calls, options } = connect(lease);
    const output = new SmallOutput(options, () => 0);
    await output.endDomain('rejects', { status: 'complete' });
    for (let range = 1; range <= 3; range++) {
      await output.writeBatch('materials', makeBatch(6));
      await output.sealRange('materials', { idsTo: range, containersFound: 1 });
    }
    await output.endDomain('materials', { status: 'complete' });
    await output.finish();
    expect(log.finished).toBe(true);
    expect(log.completed).toBe(false);
    expect(log.visible.map((entry) => entry.count)).toEqual([6, 6, 6]);
    expect(calls[0]).toBe('endDomain rejects');
  });

  it('becomes a stream when it takes long or holds much', async () => {
    let now = 0;
    const slow = connect(lease);
    const late = new SmallOutput(slow.options, () => now);
    await late.writeBatch('materials', makeBatch(1));
    now = 1001;
    await late.sealRange('materials', { idsTo: 2, containersFound: 1 });
    await turns();
    expect(slow.log.records('materials')).toHaveLength(1);

    const large = connect(lease);
    const wide = new SmallOutput(large.options, () => 0);
    const record = Buffer.from(JSON.stringify({ text: 'x'.repeat(1_000_000) }));
    await wide.writeBatch('materials', { count: 1, json: record, containersFound: 1 });
    expect(large.calls).toEqual([]);
    await wide.writeBatch('rejects', { count: 1, json: record, containersFound: 1 });
    await turns();
    expect(large.calls).toEqual(['putChunk materials 1', 'putChunk rejects 1']);
  });

  it('is not shaken by a buffer that the warehouse uses again', async () => {
    const { log, options } = connect(lease);
    const output = new SmallOutput(options, () => 0);
    const batch = makeBatch(2);
    await output.writeBatch('materials', batch);
    batch.json.fill(0);
    await output.sealRange('materials', { idsTo: 3, containersFound: 1 });
    await output.endDomain('materials', { status: 'complete' });
    await output.endDomain('rejects', { status: 'complete' });
    await output.finish();
    expect(log.records('materials')).toEqual([{ CONTAINERID: 0 }, { CONTAINERID: 1 }]);
  });

  it('is only for interactive jobs of which the edge has nothing yet', () => {
    expect(mayCompleteAtOnce(lease)).toBe(true);
    expect(mayCompleteAtOnce(batchLease)).toBe(false);
    const fresh = { next_batch: 1, ids_done: 0, records: 0, ended: false };
    const changed = (change: object): Lease => ({ ...lease, resume: { materials: { ...fresh, ...change } } });
    expect(mayCompleteAtOnce(changed({}))).toBe(true);
    expect(mayCompleteAtOnce(changed({ next_batch: 2 }))).toBe(false);
    expect(mayCompleteAtOnce(changed({ ids_done: 1 }))).toBe(false);
    expect(mayCompleteAtOnce(changed({ ended: true }))).toBe(false);
    expect(mayCompleteAtOnce({ ...lease, aggregated: true })).toBe(false);
  });
});

/** Lets everything run that needs no time. */
async function turns(count = 30): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}
