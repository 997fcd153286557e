import * as fc from 'fast-check';
import { unzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { Quality } from '#protocol/job.ts';
import type { Bytes } from '../../web/src/stream/bytes.ts';
import { BatchStore } from '../../web/src/stream/batch-store.ts';
import { ClientProblemError } from '../../web/src/stream/client-problem.ts';
import { BlobStore } from '../../web/src/stream/raw-store.ts';
import type { StreamOutcome } from '../../web/src/stream/stream-outcome.ts';
import type { ExportProgress, ExportRequest } from '../../web/src/trace/export/export-plan.ts';
import { archiveName, exportFileName, judgeCompleteness, leastOf } from '../../web/src/trace/export/export-plan.ts';
import { BARE_FILE } from '../../web/src/trace/export/export-container.ts';
import type { ExportEncoder } from '../../web/src/trace/export/export-encoder.ts';
import type { ExportSink } from '../../web/src/trace/export/export-sink.ts';
import { ndjsonEncoder } from '../../web/src/trace/export/ndjson-encoder.ts';
import { parquetEncoder } from '../../web/src/trace/export/parquet-encoder.ts';
import { runExport } from '../../web/src/trace/export/run-export.ts';
import type { ExportMeans, ExportPart, ExportSource } from '../../web/src/trace/export/write-export.ts';
import { writeExport } from '../../web/src/trace/export/write-export.ts';
import type { StreamSnapshot } from '../../web/src/trace/trace-snapshot.ts';
import type { Cut } from '../../web/src/trace/trace-snapshot.ts';
import { CUTS } from '../../web/src/trace/trace-snapshot.ts';
import { FakeClock } from '../helpers/web-fake-source.ts';
import { columnsInSight } from '../../web/src/trace/events/column-state.ts';
import { appendBatch } from '../helpers/web-append-batch.ts';

type Row = Readonly<Record<string, unknown>>;

const FILE = { domain: 'holds', name: 'holds' } as const;
const CSV: ExportRequest = { files: [FILE], scope: 'whole', format: 'csv', raw: false, language: 'zh-TW' };

function storeOf(rows: readonly Row[], batchRecords = 3): BatchStore {
  const store = new BatchStore(new BlobStore());
  for (let from = 0; from < rows.length; from += batchRecords) {
    appendBatch(store, 'holds', rows.slice(from, from + batchRecords));
  }
  return store;
}

function sourceOf(rows: readonly Row[], store = storeOf(rows)): ExportSource {
  const places = Array.from(rows.keys());
  const entries = store.entries('holds');
  return { records: rows.length, columns: Object.keys(rows[0] ?? {}), walk: () => store.walk(entries, places) };
}

function meansOf(more: Partial<ExportMeans> = {}): ExportMeans {
  return { signal: new AbortController().signal, clock: new FakeClock(), told: () => undefined, ...more };
}

async function exported(rows: readonly Row[], request: ExportRequest): Promise<Blob> {
  const outcome = await runExport(request, [{ ...FILE, source: sourceOf(rows) }], undefined, meansOf());
  if (outcome.type !== 'saved' || outcome.blob === undefined) throw new Error(`the export ${outcome.type}`);
  expect([outcome.records, outcome.bytes]).toEqual([rows.length, outcome.blob.size]);
  return outcome.blob;
}

const textOf = async (blob: Blob) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(await blob.arrayBuffer());

/** RFC 4180 to the letter, for what was written to be read back. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (found === null) throw new Error('this is no CSV');
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('an export as CSV', () => {
  it('begins with a byte order mark and the headers of the language, and keeps Chinese, quotes and line ends', async () => {
    const rows = [
      { CONTAINERNAME: 'GA26011704-A00-003', HOLDREASONNAME: '031_腳架氧化', HOLDCOMMENTS: 'a "b", c\r\n次行 👍' },
      { CONTAINERNAME: 'GA26011704-A00-004', HOLDREASONNAME: null, HOLDCOMMENTS: '' },
    ];
    expect(await textOf(await exported(rows, CSV))).toBe(
      '\uFEFF批號,Hold 原因,Hold 備註\r\n' +
        'GA26011704-A00-003,031_腳架氧化,"a ""b"", c\r\n次行 👍"\r\n' +
        'GA26011704-A00-004,,\r\n',
    );
    const english = await textOf(await exported(rows, { ...CSV, language: 'en' }));
    expect(english.split('\r\n')[0]).toBe('\uFEFFLot,Hold reason,Hold comment');
  });

  it('makes texts that a spreadsheet would run harmless, and no others', async () => {
    const texts = ['=1+1', '+1', '-A', '@SUM(A1)', '\t=1', '\r=1', '＝1', 'A=1', "'=1"];
    const rows = [...texts.map((cell) => ({ cell })), { cell: -5 }, { cell: true }, { cell: 1.5 }];
    const cells = readCsv((await textOf(await exported(rows, CSV))).slice(1))
      .slice(1)
      .map(([cell]) => cell);
    expect(cells).toEqual([
      "'=1+1",
      "'+1",
      "'-A",
      "'@SUM(A1)",
      "'\t=1",
      "'\r=1",
      "'＝1",
      'A=1',
      "'=1",
      '-5',
      'true',
      '1.5',
    ]);
  });

  it('has names as they are shown, and as the warehouse writes them in a raw one, in NDJSON and in Parquet', async () => {
    const row = { CONTAINERNAME: '參考編號：GA26011704-A00-005', HOLDCOMMENTS: '參考編號：見附件' };
    const read = async (request: ExportRequest) => await textOf(await exported([row], request));
    const shown = readCsv((await read(CSV)).slice(1))[1];
    expect(shown).toEqual(['GA26011704-A00-005', '參考編號：見附件']);
    expect(readCsv((await read({ ...CSV, raw: true })).slice(1))[1]).toEqual(Object.values(row));
    expect(JSON.parse(await read({ ...CSV, format: 'ndjson' }))).toEqual(row);
    const parquet = await exported([row], { ...CSV, format: 'parquet' });
    expect(Buffer.from(await parquet.arrayBuffer()).includes(row.CONTAINERNAME)).toBe(true);
  });

  it('has times as a spreadsheet reads them, and numbers as numbers', async () => {
    const row = { TXNDATE: '2026-01-05T08:00:00', QTY: -5, HOLDCOMMENTS: 'at 2026-01-05T08:00:00' };
    const read = async (request: ExportRequest) => readCsv((await textOf(await exported([row], request))).slice(1))[1];
    expect(await read(CSV)).toEqual(['2026-01-05 08:00:00', '-5', 'at 2026-01-05T08:00:00']);
    expect(await read({ ...CSV, raw: true })).toEqual(['2026-01-05T08:00:00', '-5', 'at 2026-01-05T08:00:00']);
  });

  it('that is raw has the names of the warehouse, and every text as it came', async () => {
    const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('=1+1', '"', '\r\n', ',', '腳架', '\n', "'"));
    const row = fc.record({ CONTAINERNAME: cell, 'a,"b"': cell });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
        const text = await textOf(await exported(rows, { ...CSV, raw: true }));
        expect(text.startsWith('\uFEFF')).toBe(true);
        const wellFormed = rows.map((each) => Object.values(each).map((value) => value.toWellFormed()));
        expect(readCsv(text.slice(1))).toEqual([['CONTAINERNAME', 'a,"b"'], ...wellFormed]);
      }),
      { numRuns: 200 },
    );
  });
});

/** Rows with columns of numbers, of texts, of both as the warehouse mixes them, and of nothing. */
const anyRow = fc.record({
  QTY: fc.option(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  ),
  NAME: fc.option(fc.string({ unit: 'grapheme' })),
  LONG: fc.option(fc.bigInt({ min: 10n ** 15n, max: 10n ** 30n }).map(String)),
  FLAG: fc.option(fc.boolean()),
  EMPTY: fc.constant(null),
});

describe('an export of the columns in sight', () => {
  const rows = [
    { A: 1, B: '測試', C: null },
    { A: 2, B: 'x', C: 'y' },
  ];
  const columns = columnsInSight({ hidden: ['A'], pinned: [], order: ['C', 'B'] }, ['A', 'B', 'C']);

  it('has these and no others, in the order of the grid, in every format', async () => {
    expect(columns).toEqual(['C', 'B']);
    const request: ExportRequest = { ...CSV, scope: 'shown', raw: true, columns };
    expect(readCsv(await textOf(await exported(rows, request)))).toEqual([
      ['\uFEFFC', 'B'],
      ['', '測試'],
      ['y', 'x'],
    ]);
    const ndjson = await textOf(await exported(rows, { ...request, format: 'ndjson' }));
    expect(ndjson).toBe('{"C":null,"B":"測試"}\n{"C":"y","B":"x"}\n');
    const parquet = await readParquet(await exported(rows, { ...request, format: 'parquet' }));
    expect(parquet.map((row) => Object.entries(row))).toEqual([
      [
        ['C', null],
        ['B', '測試'],
      ],
      [
        ['C', 'y'],
        ['B', 'x'],
      ],
    ]);
  });

  it('has pinned columns first', () => {
    expect(columnsInSight({ hidden: [], pinned: ['C'], order: [] }, ['A', 'B', 'C'])).toEqual(['C', 'A', 'B']);
  });
});

describe('an export as NDJSON', () => {
  it('has one record a line, in the bytes of the stream', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 20 }), async (rows) => {
        const text = await textOf(await exported(rows, { ...CSV, format: 'ndjson' }));
        expect(text).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      }),
      { numRuns: 100 },
    );
  });
});

async function readParquet(blob: Blob): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await blob.arrayBuffer() });
}

describe('an export as Parquet', () => {
  it('reads back as the records of the stream: numbers, texts, numbers beyond 15 digits as text, nulls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 20 }), async (rows) => {
        expect(await readParquet(await exported(rows, { ...CSV, format: 'parquet' }))).toEqual(rows);
      }),
      { numRuns: 100 },
    );
  });

  it('makes a column text when one of its numbers has too many digits, even the last one', async () => {
    const rows = [{ QTY: 4320 }, { QTY: null }, { QTY: 0.5 }, { QTY: 12 }, { QTY: '12345678901234567890' }];
    const read = await readParquet(await exported(rows, { ...CSV, format: 'parquet' }));
    expect(read.map((row) => row['QTY'])).toEqual(['4320', null, '0.5', '12', '12345678901234567890']);
  });

  it('keeps every row and its place over several row groups', async () => {
    const rows = Array.from({ length: 45_000 }, (_, index) => ({ QTY: index, NAME: `批 ${index % 700}` }));
    const read = await readParquet(await exported(rows, { ...CSV, format: 'parquet' }));
    expect(read.length).toBe(rows.length);
    expect(read.findIndex((row, at) => row['QTY'] !== at || row['NAME'] !== rows[at]?.NAME)).toBe(-1);
  });
});

/** A sink that counts what happens to it. */
class WatchedSink implements ExportSink {
  readonly calls: string[] = [];
  readonly #failing: 'write' | 'close' | undefined;

  constructor(failing?: 'write' | 'close') {
    this.#failing = failing;
  }

  async write(bytes: Bytes): Promise<void> {
    if (this.#failing === 'write') throw new DOMException('full', 'QuotaExceededError');
    this.calls.push(`write ${bytes.length > 0}`);
  }

  async close(): Promise<undefined> {
    if (this.#failing === 'close') throw new DOMException('no', 'NotAllowedError');
    this.calls.push('close');
  }

  async abort(): Promise<void> {
    this.calls.push('abort');
  }
}

describe('an export of everything', () => {
  const holds = Array.from({ length: 40 }, (_, index) => ({ CONTAINERNAME: `批次-${index}`, HOLDCOMMENTS: '=1' }));
  const rejects = [{ LOSSREASONNAME: '031_腳架氧化', QTY: 3 }];

  it.each(['csv', 'ndjson', 'parquet'] as const)(
    'has each kind as %s as a file that is what it is alone',
    async (format) => {
      const request: ExportRequest = { ...CSV, format };
      const told: ExportProgress[] = [];
      const files = [
        { domain: 'holds', name: 'holds.x', source: sourceOf(holds) },
        { domain: 'rejects', name: 'rejects.x', source: sourceOf(rejects) },
      ] as const;
      const means = meansOf({ told: (now) => told.push(now) });
      const outcome = await runExport({ ...request, files, scope: 'everything' }, files, undefined, means);
      if (outcome.type !== 'saved' || outcome.blob === undefined) throw new Error(`the export ${outcome.type}`);
      expect(outcome).toMatchObject({ records: 41, bytes: outcome.blob.size });
      expect(told.at(-1)?.percent).toBeCloseTo(100);
      expect(told.map(({ percent }) => percent)).toEqual(told.map(({ percent }) => percent).toSorted((a, b) => a - b));
      const archive = unzipSync(new Uint8Array(await outcome.blob.arrayBuffer()));
      expect(Object.keys(archive)).toEqual(['holds.x', 'rejects.x']);
      for (const [name, rows] of [['holds.x', holds] as const, ['rejects.x', rejects] as const]) {
        const alone = new Uint8Array(await (await exported(rows, request)).arrayBuffer());
        expect(Buffer.compare(archive[name] ?? new Uint8Array(), alone)).toBe(0);
      }
    },
  );
});

describe('an export on its way', () => {
  const rows = Array.from({ length: 9 }, (_, index) => ({ QTY: index }));
  const partsOf = (encoder: ExportEncoder, store?: BatchStore): ExportPart[] => [
    { name: FILE.name, source: sourceOf(rows, store), encoder },
  ];

  it('tells how far it is, from record to record, and ends at 100 percent', async () => {
    const told: ExportProgress[] = [];
    const outcome = await runExport(
      { ...CSV, format: 'parquet' },
      [{ ...FILE, source: sourceOf(rows) }],
      undefined,
      meansOf({ told: (now) => told.push(now) }),
    );
    expect(outcome.type).toBe('saved');
    expect(told.map((now) => Math.round(now.percent))).toEqual([17, 33, 50, 67, 83, 100]);
  });

  it('leaves no file behind when it is cancelled', async () => {
    const stop = new AbortController();
    const sink = new WatchedSink();
    const told = (now: ExportProgress) => now.percent > 30 && stop.abort();
    const outcome = await writeExport(
      partsOf(ndjsonEncoder()),
      BARE_FILE,
      sink,
      meansOf({ signal: stop.signal, told }),
    );
    expect(outcome).toEqual({ type: 'cancelled' });
    expect(sink.calls).toEqual(['write true', 'abort']);
  });

  it.each(['write', 'close'] as const)('says so when the disk refuses to %s', async (failing) => {
    const sink = new WatchedSink(failing);
    const outcome = await writeExport(partsOf(ndjsonEncoder()), BARE_FILE, sink, meansOf());
    expect(outcome).toEqual({ type: 'failed', problem: { code: 'EXPORT_FAILED' } });
    expect(sink.calls.at(-1)).toBe('abort');
  });

  it.each([
    ['NDJSON', ndjsonEncoder, 0],
    ['Parquet', () => parquetEncoder(['QTY']), 0],
    ['Parquet, between its two passes,', () => parquetEncoder(['QTY']), 50],
  ] as const)(
    'as %s fails when the reading starts over, and does not mix two results',
    async (_, open, fromPercent) => {
      const store = storeOf(rows);
      const sink = new WatchedSink();
      const told = ({ percent }: ExportProgress) => {
        if (percent < fromPercent) return;
        store.clear();
        appendBatch(store, 'holds', rows);
      };
      const outcome = await writeExport(partsOf(open(), store), BARE_FILE, sink, meansOf({ told }));
      expect(outcome).toEqual({ type: 'failed', problem: { code: 'GENERATION_CHANGED' } });
      expect(sink.calls.at(-1)).toBe('abort');
    },
  );

  it('hands large batches out in small pieces, so that others get their turn', async () => {
    const many = Array.from({ length: 3300 }, (_, index) => ({ QTY: index }));
    const store = storeOf(many, 1600);
    const lengths: number[] = [];
    for await (const piece of store.walk(store.entries('holds'), many.keys())) lengths.push(piece.length);
    expect(lengths).toEqual([500, 500, 500, 100, 500, 500, 500, 100, 100]);
  });

  it('takes the places of a filter in their order, across batches', async () => {
    const store = storeOf(rows);
    const seen: number[] = [];
    for await (const piece of store.walk(store.entries('holds'), [1, 2, 3, 8]))
      for (const bytes of piece) seen.push((JSON.parse(new TextDecoder().decode(bytes)) as { QTY: number }).QTY);
    expect(seen).toEqual([1, 2, 3, 8]);
    const past = store.walk(store.entries('holds'), [9]);
    await expect(past.next()).rejects.toBeInstanceOf(ClientProblemError);
  });
});

function streamOf(outcome: StreamOutcome | undefined): { stream: StreamSnapshot; cuts: readonly Cut[] } {
  return { stream: { outcome } as StreamSnapshot, cuts: [] };
}

function ended(quality: Partial<Quality>): StreamOutcome {
  const none = { status: 'complete' as const, failed_domains: [], truncated_domains: [] };
  return { type: 'complete', elapsedSeconds: 1, quality: { ...none, ...quality } };
}

describe('the name of an exported file', () => {
  it.each([
    ['complete', ended({})],
    ['so_far', undefined],
    ['incomplete', { type: 'stopped' }],
    ['incomplete', { type: 'cancelled', elapsedSeconds: 1, database: 'confirmed' }],
    ['incomplete', { type: 'error', code: 'QUERY_TIMEOUT', detail: '', retryable: true }],
    ['incomplete', { type: 'refused', problem: { code: 'STREAM_UNPROVEN' } }],
    ['incomplete', ended({ status: 'partial', failed_domains: ['holds'] })],
    ['complete', ended({ status: 'partial', failed_domains: ['history'] })],
    ['truncated', ended({ status: 'truncated', truncated_domains: ['holds'] })],
    ['complete', ended({ status: 'truncated', truncated_domains: ['history'] })],
    ['truncated', ended({ status: 'truncated' })],
    ['incomplete', ended({ status: 'partial' })],
    ['incomplete', ended({ status: 'failed', truncated_domains: ['holds'] })],
  ] as const)('is that of a %s result', (expected, outcome) => {
    expect(judgeCompleteness(streamOf(outcome), 'holds')).toBe(expected);
  });

  it.each(CUTS)('is that of a truncated result when the %s were cut before', (cut) => {
    expect(judgeCompleteness({ ...streamOf(ended({})), cuts: [cut] }, 'holds')).toBe('truncated');
  });

  it('says what is not in it', () => {
    const result = { jobId: 'ab'.repeat(32), part: undefined, completeness: 'complete' } as const;
    const holds = { domain: 'holds', scope: 'whole', format: 'csv' } as const;
    expect(exportFileName(holds, result)).toBe('lotstream-holds-abababab.csv');
    expect(exportFileName({ ...holds, scope: 'shown' }, { ...result, completeness: 'so_far' })).toBe(
      'lotstream-holds-abababab-selection-so-far.csv',
    );
    expect(exportFileName(holds, { ...result, part: { at: 2, count: 3 } })).toBe(
      'lotstream-holds-abababab-part-2-of-3.csv',
    );
    expect(exportFileName({ ...holds, format: 'ndjson' }, { ...result, completeness: 'truncated' })).toBe(
      'lotstream-holds-abababab-truncated.ndjson',
    );
    expect(archiveName({ ...result, completeness: 'unsettled' })).toBe('lotstream-abababab-unsettled.zip');
  });

  it('is for an archive that of the kind of which most is missing', () => {
    expect(leastOf(['complete', 'incomplete', 'truncated'])).toBe('incomplete');
    expect(leastOf(['complete', 'so_far', 'incomplete'])).toBe('so_far');
    expect(leastOf([])).toBe('complete');
  });
});
