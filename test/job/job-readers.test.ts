import { afterEach, describe, expect, it, vi } from 'vitest';
import { JobLedger } from '../../src/job/job-ledger.ts';
import { JobReaders } from '../../src/job/job-readers.ts';
import { READER_STALL_MS } from '../../src/job/job-stream.ts';
import { LeaseCalls } from '../../src/job/lease-calls.ts';
import { createRequest } from '../helpers/edge-job.ts';
import { makeChunk } from '../helpers/make-chunk.ts';
import { openNodeSql } from '../helpers/node-sql.ts';

const stores: ReturnType<typeof openNodeSql>[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const store of stores.splice(0)) store.close();
});

/** A leased job whose disk a test can make wait, or fail. */
function openJob() {
  const store = openNodeSql();
  stores.push(store);
  const now = () => 1_000_000;
  const ledger = new JobLedger({ sql: store.sql, transact: store.transact, now });
  const { spec, ids, owner, deadlineSeconds, contentHash, cacheSeconds } = createRequest('0'.repeat(64), {
    domains: ['history'],
  });
  if (!(ids instanceof Uint8Array)) throw new Error('ids are packed');
  const job = { ...spec, cid_count: ids.byteLength / 8 };
  ledger.create({ job, deadlineSeconds, contentHash, cacheSeconds }, ids, { owner, now: now() });
  const calls = new LeaseCalls(ledger);
  const id = '1'.repeat(32);
  const lease = calls.lease({ requestId: id, bridgeId: 'b', bootId: 'b', nonce: id, ttlMs: 30_000 }, now());
  if (!lease) throw new Error('not leased');
  const writes: { readonly done: () => void; readonly lose: (cause: Error) => void }[] = [];
  const sync = () => new Promise<void>((resolve, reject) => void writes.push({ done: resolve, lose: reject }));
  const readers = new JobReaders({ ledger, now, progressLine: () => '', sync });
  const seal = (batch: number) => {
    const { head, segment } = makeChunk([{ N: batch }], { domain: 'history', batch });
    calls.putChunk(lease, head, segment);
    const rows = { first_batch: batch, last_batch: batch, ids_to: batch, records: 1, containers_found: 1 };
    calls.seal(lease, 'history', rows);
    readers.wakeAll();
  };
  const open = () => readers.open(new URLSearchParams(), ledger.settle());
  /** Lines of one reader, from its beginning, as they come. */
  const read = () => {
    const reader = open().getReader();
    const decoder = new TextDecoder();
    const lines: string[] = [];
    let cut: unknown;
    const over = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        lines.push(...decoder.decode(value).split('\n').filter(Boolean));
      }
    })().catch((error: unknown) => (cut = error));
    return { lines, over, cut: () => cut };
  };
  return { seal, read, open, writes };
}

/** Everything that can happen without the disk has happened. */
const turns = () => new Promise((resolve) => setImmediate(resolve));
const kinds = (lines: readonly string[]) => lines.map((line) => (JSON.parse(line) as { type: string }).type);

describe('readers of a job', () => {
  it('are told of no record that is not on disk yet', async () => {
    const { seal, read, writes } = openJob();
    seal(1);
    const { lines } = read();
    await turns();
    expect(kinds(lines)).toEqual(['meta']);
    writes.shift()?.done();
    await turns();
    expect(kinds(lines)).toEqual(['meta', 'domain_start', 'records', 'position']);

    seal(2);
    await turns();
    expect(lines).toHaveLength(4);
    writes.shift()?.done();
    await turns();
    expect(kinds(lines).slice(4)).toEqual(['records', 'position']);
    expect(writes).toHaveLength(0);
  });

  it('are cut when the disk loses what they waited for, and have none of it', async () => {
    const { seal, read, writes } = openJob();
    seal(1);
    const { lines, over, cut } = read();
    await turns();
    writes.shift()?.lose(new Error('the disk is gone'));
    await over;
    expect(kinds(lines)).toEqual(['meta']);
    expect(cut()).toMatchObject({ message: 'the disk is gone' });
  });

  it('wait once for all, and not at all for what others were told already', async () => {
    const { seal, read, writes } = openJob();
    seal(1);
    const first = read();
    await turns();
    writes.shift()?.done();
    await turns();
    const second = read();
    await turns();
    expect(second.lines).toEqual(first.lines);
    expect(writes).toHaveLength(0);
  });

  it('that take nothing for long are cut, and leave their place to others', async () => {
    vi.useFakeTimers();
    const { open } = openJob();
    const readers = Array.from({ length: 64 }, () => open().getReader());
    expect(open).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
    await vi.advanceTimersByTimeAsync(READER_STALL_MS - 1);
    // One of them was only slow, and now waits for more.
    await readers[0]?.read();
    void readers[0]?.read();
    expect(open).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
    await vi.advanceTimersByTimeAsync(1);
    await expect(readers[1]?.closed).rejects.toThrow('stalled');
    for (let more = 0; more < 63; more++) open();
    expect(open).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
  });
});
