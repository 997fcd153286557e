import { expect, it, onTestFinished, vi } from 'vitest';
import type { Slots } from '#protocol/bridge-message.ts';
import { startDaemon } from '../../oracle-bridge/daemon.ts';
import { createLogger } from '../../oracle-bridge/log.ts';
import { EdgeDouble } from '../helpers/bridge-edge-double.ts';
import { makeConfig, makeKey, makeLease } from '../helpers/bridge-samples.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';

const LEASES = '/bridge/v1/leases';
const GIB = 1024 ** 3;

it('asks for no job while its memory is above the limit, says so, and goes on when there is room', async () => {
  const warehouseFile = await sampleFile(2000);
  const ids = await sampleIds(warehouseFile, 50);
  const key = await makeKey();
  const edge = await EdgeDouble.start(key);
  onTestFinished(() => edge.close());
  // This process is the daemon.
  const rss = vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(GIB + 1);
  onTestFinished(() => rss.mockRestore());
  const lines: string[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line) => lines.push(line) } });
  const config = makeConfig({
    EDGE_URL: edge.url,
    DUCKDB_FILE: warehouseFile,
    DUCKDB_THREADS: '1',
    SLOTS_INTERACTIVE: '1',
    SLOTS_BATCH: '0',
    MAX_RSS_MB: '1024',
    SHUTDOWN_GRACE_SECONDS: '0',
  });
  const daemon = await startDaemon(config, key, log);
  onTestFinished(() => daemon.stop());
  await edge.until(() => edge.controlMessages.some(({ type }) => type === 'status'));
  expect(edge.controlMessages.at(-1)).toMatchObject({
    in_flight: 0,
    free: { interactive: 0, batch: 0 },
    rss_bytes: GIB + 1,
    draining: false,
  });
  const job = edge.submit(makeLease({ spec: { lane: 'interactive', cid_count: 50 } }), ids);
  edge.cutSocket();
  await edge.until(() => edge.controlMessages.filter(({ type }) => type === 'status').length === 2);
  expect(edge.calls.filter(({ path }) => path === LEASES)).toEqual([]);
  expect(lines.filter((line) => line.includes('MAX_RSS_MB'))).toHaveLength(1);

  rss.mockReturnValue(GIB / 2);
  await edge.until(() => job.ends.length > 0);
  expect(job.log.finished).toBe(true);
  await edge.until(() => isFree(edge.controlMessages.at(-1)));
});

function isFree(status: Record<string, unknown> | undefined): boolean {
  return (status?.['free'] as Slots | undefined)?.interactive === 1;
}
