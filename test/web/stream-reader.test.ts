import { describe, expect, it } from 'vitest';
import { BatchStore } from '../../web/src/stream/batch-store.ts';
import { BlobStore } from '../../web/src/stream/raw-store.ts';
import { ClientProblemError } from '../../web/src/stream/client-problem.ts';
import { MAX_DAMAGED_READINGS, StreamReader } from '../../web/src/stream/stream-reader.ts';
import type { StreamSource } from '../../web/src/stream/stream-source.ts';
import { platformSha256 } from '../../web/src/stream/stream-proof.ts';
import { FakeClock, ScriptedSource } from '../helpers/web-fake-source.ts';
import type { ScriptedConnection } from '../helpers/web-fake-source.ts';
import { bytesOf, encodeRecordsLine, JOB_ID, linesAfter, recordLog } from '../helpers/web-recorded-stream.ts';
import type { RecordedLog } from '../helpers/web-recorded-stream.ts';

const HISTORY = [
  [
    { n: 1, name: '批次🧪' },
    { n: 2, name: '<b>not markup</b>' },
  ],
  [{ n: 3, name: 'x\ty' }],
  [
    { n: 4, name: 'z' },
    { n: 5, name: '' },
  ],
];
const HOLDS = [[{ n: 10 }], [{ n: 11 }, { n: 12 }]];
const LOG = recordLog({
  domains: [
    ['history', HISTORY],
    ['holds', HOLDS],
    ['jobs', []],
  ],
  warnings: ['a part is missing'],
  aggregation: { total: 8 },
});

function start(source: StreamSource, clock = new FakeClock()) {
  const store = new BatchStore(new BlobStore());
  let drops = 0;
  const listener = {
    begun: () => undefined,
    committed: () => undefined,
    dropped: () => drops++,
    changed: () => undefined,
  };
  const reader = new StreamReader({ source, store, sha256: platformSha256, clock, random: () => 0.5 }, listener);
  const stop = new AbortController();
  return { reader, store, clock, stop, outcome: reader.read(stop.signal), drops: () => drops };
}

async function expectWhole(run: ReturnType<typeof start>, log: RecordedLog = LOG): Promise<void> {
  expect(await run.outcome).toMatchObject({ type: 'complete', quality: { status: 'complete' } });
  expect(run.reader.ledger.records).toBe(log.totalRecords);
  expect(await run.store.read('history', Array(100).keys())).toEqual(HISTORY.flat());
  expect(await run.store.read('holds', Array(100).keys())).toEqual(HOLDS.flat());
}

function lineEnds(log: RecordedLog): number[] {
  let at = 0;
  return log.lines.map((line) => (at += line.bytes.length));
}

function flip(at: number): NonNullable<ScriptedConnection['damage']> {
  return (bytes) => {
    const copy = bytes.slice();
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
}

describe('a stream that is read in one piece', () => {
  it('is complete, with every record, when the digests agree', async () => {
    const run = start(new ScriptedSource(LOG));
    await expectWhole(run);
    expect(run.reader.resumes).toBe(0);
    expect(run.reader.ledger.aggregation).toEqual({ total: 8 });
    expect(run.reader.ledger.warnings).toHaveLength(1);
    expect(run.reader.connection).toEqual({ state: 'ended' });
  });

  it('is the same in chunks of one byte', async () => {
    const run = start(new ScriptedSource(LOG, [{ chunkBytes: 1 }]));
    await expectWhole(run);
    expect(run.reader.resumes).toBe(0);
  });

  it.each(['cancelled', 'error'] as const)('keeps what arrived when the job ended %s', async (terminal) => {
    const log = recordLog({ domains: [['history', HISTORY]], terminal });
    const run = start(new ScriptedSource(log));
    expect((await run.outcome).type).toBe(terminal);
    expect(run.store.records('history')).toBe(5);
  });
});

describe('a stream that is cut', () => {
  it('is whole after a cut at any byte, nothing lost and nothing twice', async () => {
    const size = bytesOf(LOG.lines).length;
    const around = lineEnds(LOG).flatMap((end) => [end - 1, end, end + 1]);
    const spread = Array.from({ length: 60 }, (_, index) => Math.floor((index * size) / 60));
    for (const cut of [...around, ...spread].filter((place) => place < size)) {
      const ending = cut % 2 === 0 ? 'close' : 'throw';
      const run = start(new ScriptedSource(LOG, [{ cutAfterBytes: cut, ending }]));
      await expectWhole(run);
      expect(run.reader.resumes).toBe(1);
      expect(run.drops()).toBe(0);
      expect(run.reader.ledger.warnings).toHaveLength(1);
    }
  });

  it('is whole when every connection brings one line more than the one before', async () => {
    const ends = lineEnds(LOG);
    const source = new ScriptedSource(
      LOG,
      ends.map((cutAfterBytes) => ({ cutAfterBytes })),
    );
    await expectWhole(start(source));
    expect(new Set(source.cursors).size).toBeGreaterThan(3);
  });

  it('resumes behind the last batch whose position was heard', async () => {
    const ends = lineEnds(LOG);
    const secondPosition = LOG.lines.findIndex((line) => line.cursor === 'g1:holds:1');
    const source = new ScriptedSource(LOG, [{ cutAfterBytes: ends[secondPosition] ?? 0 }]);
    await expectWhole(start(source));
    expect(source.cursors).toEqual([undefined, 'g1:holds:1']);
  });

  it('waits longer each time while nothing arrives, and starts small again after progress', async () => {
    const ends = lineEnds(LOG);
    const unreachable = Array.from({ length: 4 }, () => ({ unreachable: true }));
    const source = new ScriptedSource(LOG, [...unreachable, { cutAfterBytes: ends[7] ?? 0 }]);
    const run = start(source);
    await expectWhole(run);
    expect(run.clock.waitsMs).toEqual([300, 600, 1200, 2400, 300]);
  });

  it('is read again when a connection falls silent', async () => {
    const source = new ScriptedSource(LOG, [{ cutAfterBytes: 400, ending: 'hang' }]);
    const run = start(source);
    await new Promise((resolve) => setImmediate(resolve));
    run.clock.elapseAll();
    await expectWhole(run);
    expect(source.cursors).toHaveLength(2);
  });

  it('stops at once when the page stops it, also while it waits', async () => {
    const run = start(new ScriptedSource(LOG, [{ unreachable: true }]), new FakeClock(0));
    await new Promise((resolve) => setImmediate(resolve));
    expect(run.reader.connection).toMatchObject({ state: 'waiting', why: 'cut', attempt: 1 });
    run.stop.abort();
    expect(await run.outcome).toEqual({ type: 'stopped' });
  });

  it('ends its wait when the network is back', async () => {
    const run = start(new ScriptedSource(LOG, [{ unreachable: true }]), new FakeClock(0));
    await new Promise((resolve) => setImmediate(resolve));
    run.reader.retryNow();
    await expectWhole(run);
    expect(run.reader.resumes).toBe(1);
  });
});

describe('a damaged stream', () => {
  it('is read again from the last cursor after any flipped bit, and ends whole', async () => {
    const size = bytesOf(LOG.lines).length;
    const damagedOften: number[] = [];
    for (let at = 0; at < size; at += 11) {
      const run = start(new ScriptedSource(LOG, [{ damage: flip(at) }]));
      expect((await run.outcome).type).toBe('complete');
      expect(await run.store.read('history', Array(100).keys())).toEqual(HISTORY.flat());
      damagedOften.push(run.reader.damagedReadings);
    }
    expect(Math.max(...damagedOften)).toBe(1);
  });

  it('says so, and asks for a person, when the same place is damaged again and again', async () => {
    const script = Array.from({ length: 20 }, () => ({ damage: flip(700) }));
    const run = start(new ScriptedSource(LOG, script));
    expect(await run.outcome).toEqual({ type: 'refused', problem: { code: 'STREAM_BROKEN' } });
    expect(run.reader.damagedReadings).toBe(MAX_DAMAGED_READINGS);
  });

  it.each([
    ['a batch without its position', (log: RecordedLog) => log.lines.filter((line) => line.cursor !== 'g1:holds:1')],
    [
      'an unknown type',
      (log: RecordedLog) => [...log.lines.slice(0, 3), lineOf('{"type":"news"}\n'), ...log.lines.slice(3)],
    ],
    ['a second meta', (log: RecordedLog) => [...log.lines.slice(0, 2), ...log.lines]],
    ['no meta', (log: RecordedLog) => log.lines.slice(1)],
    [
      'a batch of another domain',
      (log: RecordedLog) => [...log.lines.slice(0, 2), lineOf(encodeRecordsLine('rejects', 1, [{}]))],
    ],
  ])('does not accept %s', async (_, change) => {
    const run = start(new ScriptedSource(LOG, [{ damage: () => bytesOf(change(LOG)) }]));
    await expectWhole(run);
    expect(run.reader.damagedReadings).toBe(1);
  });

  it('is read from its beginning when the missing batch lies before the cursor', async () => {
    const missing = () => bytesOf(dropBatch(LOG, 'g1:history:2'));
    const source = new ScriptedSource(LOG, [{ damage: missing }]);
    const run = start(source);
    await expectWhole(run);
    expect(run.drops()).toBe(1);
    expect(source.cursors).toEqual([undefined, 'g1:holds:2', undefined]);
  });

  it('does not read from its beginning for ever when a batch is never there', async () => {
    const missing = () => bytesOf(dropBatch(LOG, 'g1:history:2'));
    const run = start(
      new ScriptedSource(
        LOG,
        Array.from({ length: 50 }, () => ({ damage: missing })),
      ),
    );
    expect(await run.outcome).toEqual({ type: 'refused', problem: { code: 'STREAM_BROKEN' } });
  });

  it('is not complete when the end does not prove the whole: it reads once more, then says so', async () => {
    const once = start(new ScriptedSource(LOG, [{ damage: lie }]));
    await expectWhole(once);
    expect(once.drops()).toBe(1);
    const twice = start(new ScriptedSource(LOG, [{ damage: lie }, { damage: lie }]));
    expect(await twice.outcome).toEqual({ type: 'refused', problem: { code: 'STREAM_UNPROVEN' } });
  });
});

describe('a log that starts over', () => {
  const later = recordLog({
    generation: 2,
    domains: [
      ['history', HISTORY],
      ['holds', HOLDS],
    ],
  });

  it('drops everything when the cursor is of an older generation', async () => {
    const source = new ScriptedSource(LOG, [{ cutAfterBytes: 900 }, { log: later }]);
    const run = start(source);
    await expectWhole(run, later);
    expect(run.drops()).toBe(1);
    expect(source.cursors.at(-1)).toBeUndefined();
    expect(run.reader.ledger.meta?.generation).toBe(2);
  });

  it('drops everything at a reset line and goes on with the same connection', async () => {
    const prefix = LOG.lines.slice(0, LOG.lines.findIndex((line) => line.cursor === 'g1:holds:1') + 1);
    const reset = lineOf('{"type":"reset","generation":2,"reason":"SNAPSHOT_LOST"}\n');
    const again = recordLog({
      generation: 2,
      domains: [
        ['history', HISTORY],
        ['holds', HOLDS],
        ['jobs', []],
      ],
    });
    const whole = bytesOf([...prefix, reset, ...again.lines.slice(1)]);
    const run = start(new ScriptedSource(LOG, [{ damage: () => whole }]));
    await expectWhole(run);
    expect(run.drops()).toBe(1);
    expect(run.reader.resumes).toBe(0);
  });
});

describe('a stream that is refused', () => {
  it.each([
    ['JOB_NOT_FOUND', 404],
    ['JOB_RESULT_EXPIRED', 410],
    ['FORBIDDEN', 403],
    ['UNAUTHENTICATED', 401],
    ['INVALID_CURSOR', 400],
  ] as const)('ends at %s', async (code, status) => {
    const source = new ScriptedSource(LOG, [{ refuse: { code, status } }]);
    expect(await start(source).outcome).toMatchObject({ type: 'refused', problem: { code } });
    expect(source.cursors).toHaveLength(1);
  });

  it('waits as long as a 429 asks', async () => {
    const run = start(
      new ScriptedSource(LOG, [{ refuse: { code: 'RATE_LIMITED', status: 429, retryAfterSeconds: 20 } }]),
    );
    await expectWhole(run);
    expect(run.clock.waitsMs).toEqual([20_000]);
  });

  it('tries again after a 503', async () => {
    const run = start(new ScriptedSource(LOG, [{ refuse: { code: 'BRIDGE_UNAVAILABLE', status: 503 } }]));
    await expectWhole(run);
    expect(run.reader.resumes).toBe(1);
  });

  it('starts over when its cursor is not understood any more', async () => {
    const source = new ScriptedSource(LOG, [
      { cutAfterBytes: 900 },
      { refuse: { code: 'INVALID_CURSOR', status: 400 } },
    ]);
    await expectWhole(start(source));
    expect(source.cursors.at(-1)).toBeUndefined();
  });

  it('keeps what arrived when the result expires while it is read', async () => {
    const source = new ScriptedSource(LOG, [
      { cutAfterBytes: 1500 },
      { refuse: { code: 'JOB_RESULT_EXPIRED', status: 410 } },
    ]);
    const run = start(source);
    expect(await run.outcome).toMatchObject({ type: 'refused', problem: { code: 'JOB_RESULT_EXPIRED' } });
    expect(run.store.records('history')).toBeGreaterThan(0);
  });

  it('ends, with the reason, where the browser cannot check digests', async () => {
    const store = new BatchStore(new BlobStore());
    const listener = {
      begun: () => undefined,
      committed: () => undefined,
      dropped: () => undefined,
      changed: () => undefined,
    };
    const parts = {
      source: new ScriptedSource(LOG),
      store,
      sha256: noDigests,
      clock: new FakeClock(),
      random: () => 0.5,
    };
    const outcome = await new StreamReader(parts, listener).read(new AbortController().signal);
    expect(outcome).toEqual({ type: 'refused', problem: { code: 'SECURE_CONTEXT_NEEDED' } });
  });

  it('ends, with the reason, when there is no space for the records, and keeps what is stored', async () => {
    const raw = new BlobStore();
    const store = new BatchStore({
      append: (bytes) => {
        if (store.records('history') >= 3) throw new DOMException('full', 'QuotaExceededError');
        return raw.append(bytes);
      },
      read: (offset, length) => raw.read(offset, length),
      readPart: (piece, from, length) => raw.readPart(piece, from, length),
      clear: () => raw.clear(),
      close: () => raw.close(),
    });
    const listener = {
      begun: () => undefined,
      committed: () => undefined,
      dropped: () => undefined,
      changed: () => undefined,
    };
    const parts = {
      source: new ScriptedSource(LOG),
      store,
      sha256: platformSha256,
      clock: new FakeClock(),
      random: () => 0.5,
    };
    const outcome = await new StreamReader(parts, listener).read(new AbortController().signal);
    expect(outcome).toEqual({ type: 'refused', problem: { code: 'STORAGE_FAILED' } });
    expect(await store.read('history', [0, 1, 2])).toHaveLength(3);
  });

  it('does not read the stream of another job', async () => {
    const other = recordLog({ jobId: 'cd'.repeat(32), domains: [['history', HISTORY]] });
    const run = start(new ScriptedSource(LOG, [{ cutAfterBytes: 900 }, { damage: () => bytesOf(other.lines) }]));
    await expectWhole(run);
    expect(run.reader.damagedReadings).toBe(1);
    expect(run.reader.ledger.meta?.job_id).toBe(JOB_ID);
  });
});

function noDigests(): Promise<string> {
  return Promise.reject(new ClientProblemError({ code: 'SECURE_CONTEXT_NEEDED' }));
}

/** The bytes with another digest on the terminal line. */
function lie(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(bytes);
  return new TextEncoder().encode(text.replace(/("type":"complete".*"sha256":")[0-9a-f]{64}/, `$1${'0'.repeat(64)}`));
}

function lineOf(text: string) {
  return { bytes: new TextEncoder().encode(text) };
}

function dropBatch(log: RecordedLog, cursor: string) {
  const at = log.lines.findIndex((line) => line.cursor === cursor);
  return log.lines.filter((_, index) => index !== at && index !== at - 1);
}

it('the recorded log itself resumes behind each of its cursors', () => {
  const cursors = LOG.lines.flatMap((line) => line.cursor ?? []);
  for (const cursor of cursors) expect(linesAfter(LOG, cursor)?.[0]).toBe(LOG.lines[0]);
});
