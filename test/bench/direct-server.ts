import { createServer } from 'node:http';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { constants, createGzip } from 'node:zlib';
import { readBatches } from './event-source.ts';

/**
 * The yardstick: the same statements over the same ranges, streamed as gzip NDJSON over plain HTTP. No job, no store, no
 * check, no resume. Prints its port.
 */
const { values } = parseArgs({ options: { warehouse: { type: 'string' } } });

const server = createServer((request, response) => {
  void (async () => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString()) as { container_ids: string[]; domains: string[] };
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' });
    const gzip = createGzip({ level: constants.Z_BEST_SPEED });
    gzip.pipe(response);
    let batchNumber = 0;
    let total = 0;
    const write = async (line: Uint8Array) => {
      if (!gzip.write(line)) await once(gzip, 'drain');
    };
    const source = { warehouseFile: values.warehouse ?? '', ids: body.container_ids, domains: body.domains };
    await readBatches(source, async (domain, batch) => {
      total += batch.count;
      // One write a line: the domains are read side by side.
      const head = `{"type":"records","domain":"${domain}","batch":${++batchNumber},"count":${batch.count},"data":[`;
      await write(Buffer.concat([Buffer.from(head), batch.json, Buffer.from(']}\n')]));
      // The first records must not wait in the compressor for more.
      if (batchNumber === 1) gzip.flush();
    });
    gzip.end(`{"type":"complete","total_records":${total}}\n`);
  })();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
