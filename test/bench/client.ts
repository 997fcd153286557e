import { createGunzip } from 'node:zlib';
import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { request } from 'undici';

/**
 * One reader of the bench, a process of its own: posts a body, follows the answer to its stream if there is one, reads to
 * the end, and prints one JSON line. `count` only inflates and counts bytes; `parse` parses every line.
 */
const { values } = parseArgs({
  options: { url: { type: 'string' }, body: { type: 'string' }, mode: { type: 'string' } },
});
const mode = values.mode === 'parse' ? 'parse' : 'count';
const base = new URL(values.url ?? '');
const body = await readFile(values.body ?? '');
const RECORDS_HEAD = Buffer.from('{"type":"records"');
const TAIL_BYTES = 4096;

const startedMs = performance.now();
const response = await openStream();
const figures = mode === 'parse' ? await readParsing(response) : await readCounting(response);
const elapsedMs = performance.now() - startedMs;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
process.stdout.write(
  `${JSON.stringify({ ...figures, elapsedMs, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRssBytes: maxRSS * 1024 })}\n`,
);

async function openStream() {
  const headers = { 'content-type': 'application/json', prefer: 'respond-async', 'cache-control': 'no-cache' };
  const posted = await request(base, { method: 'POST', headers, body });
  if (posted.statusCode === 200) return posted.body.pipe(createGunzip());
  const accepted = (await posted.body.json()) as { stream_url?: string };
  if (posted.statusCode !== 202 || !accepted.stream_url) throw new Error(JSON.stringify(accepted));
  const stream = await request(new URL(accepted.stream_url, base), { headers: { 'accept-encoding': 'gzip' } });
  return stream.body.pipe(createGunzip());
}

interface Figures {
  readonly records: number;
  readonly bytes: number;
  readonly firstRecordMs: number;
}

async function readCounting(stream: AsyncIterable<Buffer>): Promise<Figures> {
  let bytes = 0;
  let firstRecordMs = 0;
  let tail = Buffer.alloc(0);
  for await (const part of stream) {
    bytes += part.byteLength;
    if (firstRecordMs === 0 && part.includes(RECORDS_HEAD)) firstRecordMs = performance.now() - startedMs;
    tail = Buffer.concat([tail, part.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
  }
  const last = JSON.parse(tail.toString().trimEnd().split('\n').at(-1) ?? '') as {
    type: string;
    total_records: number;
  };
  if (last.type !== 'complete') throw new Error(`the stream ended with ${last.type}`);
  return { records: last.total_records, bytes, firstRecordMs };
}

async function readParsing(stream: AsyncIterable<Buffer>): Promise<Figures> {
  let bytes = 0;
  let records = 0;
  let firstRecordMs = 0;
  let lastType = '';
  const take = (line: string) => {
    const event = JSON.parse(line) as { type: string; data?: unknown[] };
    lastType = event.type;
    if (event.type !== 'records') return;
    if (firstRecordMs === 0) firstRecordMs = performance.now() - startedMs;
    records += event.data?.length ?? 0;
  };
  let held: Buffer[] = [];
  for await (const part of stream) {
    bytes += part.byteLength;
    let from = 0;
    for (let end = part.indexOf(10); end >= 0; end = part.indexOf(10, from)) {
      take(Buffer.concat([...held, part.subarray(from, end)]).toString());
      held = [];
      from = end + 1;
    }
    if (from < part.byteLength) held.push(part.subarray(from));
  }
  if (lastType !== 'complete') throw new Error(`the stream ended with ${lastType}`);
  return { records, bytes, firstRecordMs };
}
