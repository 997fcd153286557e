import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { readChunks } from './event-source.ts';

/** The bridge's own way of reading, encoding and compressing, into nothing. Prints one JSON line. */
const { values } = parseArgs({ options: { warehouse: { type: 'string' }, body: { type: 'string' } } });
const body = JSON.parse(await readFile(values.body ?? '', 'utf8')) as { container_ids: string[]; domains: string[] };

const startedMs = performance.now();
let records = 0;
let bytes = 0;
let firstRecordMs = 0;
await readChunks({ warehouseFile: values.warehouse ?? '', ids: body.container_ids, domains: body.domains }, (chunk) => {
  if (firstRecordMs === 0) firstRecordMs = performance.now() - startedMs;
  records += chunk.head.count;
  bytes += chunk.head.raw_bytes;
  return Promise.resolve();
});
const elapsedMs = performance.now() - startedMs;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
process.stdout.write(
  `${JSON.stringify({ records, bytes, firstRecordMs, elapsedMs, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRssBytes: maxRSS * 1024 })}\n`,
);
