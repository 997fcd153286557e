import { disturbJob, whenFired } from './disturb.ts';
import type { Fault } from './fault.ts';
import { UNHARMED } from './fault.ts';
import type { FaultBench } from './fault-bench.ts';
import { AT_PACKED_BYTES, lineFaults } from './line-faults.ts';

const FAMILY = 'reader–edge';
const CORRUPT_AT_BYTES = [100_000, 700_000, 1_300_000];

/** Between reader and edge. */
export const READER_LINE_FAULTS: readonly Fault[] = [
  ...lineFaults({
    family: FAMILY,
    proxyOf: ({ readerLine }) => readerLine,
    bulk: 'to_client',
    longStall: 'stall past the lease',
    atBytes: AT_PACKED_BYTES,
  }),
  {
    name: `${FAMILY}: replay`,
    fault: 'the request of a reader is sent a second time over a connection of its own',
    expected: `stream 200; ${UNHARMED}`,
    observe: observeReplay,
  },
  {
    name: `${FAMILY}: corrupt`,
    fault: 'one bit of the stream is another, three times',
    expected: 'damage noticed; succeeded; each record once',
    observe: observeCorrupt,
  },
];

async function observeReplay(bench: FaultBench): Promise<string> {
  const recorded = bench.readerLine.record(/^GET \S+\/stream/);
  const outcome = await disturbJob(bench, () => Promise.resolve());
  const answer = await bench.readerLine.replay(await recorded);
  return `stream ${answer.split(' ')[1]}; ${outcome}`;
}

/** A reader that notices leaves the response, so its refusals are what is wanted here. */
async function observeCorrupt(bench: FaultBench): Promise<string> {
  const { readerLine } = bench;
  const fault = { kind: 'corrupt', direction: 'to_client' } as const;
  const fired = CORRUPT_AT_BYTES.map((afterBytes) => readerLine.arm({ fault, direction: 'to_client', afterBytes }));
  const jobId = await bench.submit();
  const reading = await bench.read(jobId);
  await Promise.all(fired.map(whenFired));
  const noticed = reading.refusals.length + reading.cuts > 0;
  const outcome = await bench.describe(jobId, { ...reading, refusals: [] });
  return `${noticed ? 'damage noticed' : 'damage not noticed'}; ${outcome}`;
}
