import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { JobLedger } from '../../src/job/job-ledger.ts';
import { LeaseCalls } from '../../src/job/lease-calls.ts';
import { explainThrown } from '../../src/reset-object.ts';
import { createRequest } from '../helpers/edge-job.ts';
import { makeChunk } from '../helpers/make-chunk.ts';
import { openNodeSql } from '../helpers/node-sql.ts';

/** Pages that are left when the store gets full: enough for the row of a job, not for a chunk. */
const PAGES_LEFT = 2;
const BACKOFF_MS = 60_000;

const stores: ReturnType<typeof openNodeSql>[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

function openJob() {
  const store = openNodeSql();
  stores.push(store);
  const clock = { nowMs: 1_000_000 };
  const ledger = new JobLedger({ sql: store.sql, transact: store.transact, now: () => clock.nowMs });
  const { spec, ids, owner, deadlineSeconds, contentHash, cacheSeconds } = createRequest('0'.repeat(64), {
    domains: ['history'],
  });
  if (!(ids instanceof Uint8Array)) throw new Error('ids are packed');
  const job = { ...spec, cid_count: ids.byteLength / 8 };
  ledger.create({ job, deadlineSeconds, contentHash, cacheSeconds }, ids, { owner, now: clock.nowMs });
  const calls = new LeaseCalls(ledger);
  const lease = () => {
    const number = String(clock.nowMs).padStart(32, '0');
    const request = { requestId: number, bridgeId: 'b', bootId: 'b', nonce: number, ttlMs: 30_000 };
    const lease = calls.lease(request, clock.nowMs);
    if (!lease) throw new Error('not leased');
    return lease;
  };
  /** From here on the store takes no chunk any more. */
  const fill = () => {
    const { page_count: pages } = store.sql.exec<{ page_count: number }>('PRAGMA page_count').one();
    store.sql.exec(`PRAGMA max_page_count = ${pages + PAGES_LEFT}`);
  };
  return { ledger, calls, lease, clock, fill };
}

/** A chunk that does not become smaller when it is compressed. */
const largeChunk = (batch: number) =>
  makeChunk([{ X: randomBytes(60_000).toString('base64') }], { domain: 'history', batch });

describe('a store without room', () => {
  it('is named to the caller where its object could not: when it commits', () => {
    const reset = new Error('database or disk is full: SQLITE_FULL');
    expect(explainThrown(reset)).toMatchObject({ code: 'STORE_FULL', status: 507, cause: reset });
    expect(explainThrown(new Error('no such table'))).toMatchObject({ code: 'INTERNAL' });
  });

  it('refuses a chunk, keeps what was sealed, and lets the job end with that reason', () => {
    const { ledger, calls, lease, clock, fill } = openJob();
    const first = lease();
    const sealed = makeChunk([{ N: 1 }, { N: 2 }], { domain: 'history' });
    calls.putChunk(first, sealed.head, sealed.segment);
    calls.seal(first, 'history', { first_batch: 1, last_batch: 1, ids_to: 4, records: 2, containers_found: 1 });
    fill();

    const { head, segment } = largeChunk(2);
    const refusal = { code: 'STORE_FULL', detail: 'no room', retryable: true } as const;
    let held = first;
    for (;;) {
      expect(() => calls.putChunk(held, head, segment)).toThrow(expect.objectContaining({ code: 'STORE_FULL' }));
      calls.fail(held, refusal);
      if (ledger.settle().state !== 'queued') break;
      clock.nowMs += BACKOFF_MS;
      held = lease();
    }

    expect(ledger.settle()).toMatchObject({ state: 'failed', error: { code: 'STORE_FULL' } });
    expect(ledger.log.domain('history')).toMatchObject({ records: 2, idsDone: 4 });
    const chunk = ledger.log.sealedChunks('history')[0];
    expect(ledger.log.segmentBytes(chunk?.segmentId ?? 0)).toEqual(new Uint8Array(sealed.segment));
  });
});
