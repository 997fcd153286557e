import { disturbJob, whenFired } from './disturb.ts';
import type { Fault } from './fault.ts';
import { UNHARMED } from './fault.ts';
import type { FaultBench } from './fault-bench.ts';
import { AT_PACKED_BYTES, lineFaults } from './line-faults.ts';

const FAMILY = 'bridge–edge';
/** In the ids of the containers, which are most of what a bridge is answered. */
const IN_IDS_BYTES = 20_000;
const IN_CHUNKS_BYTES = 1_000_000;

/** Between bridge and edge: what a line does, and what only shows where each call counts. */
export const BRIDGE_LINE_FAULTS: readonly Fault[] = [
  ...lineFaults({
    family: FAMILY,
    proxyOf: ({ bridgeLine }) => bridgeLine,
    bulk: 'to_server',
    longStall: 'stall past the lease',
    atBytes: AT_PACKED_BYTES,
  }),
  {
    name: `${FAMILY}: replay`,
    fault: 'a chunk and a seal are sent a second time over a connection of their own, and again when the job is over',
    expected: `chunk 200, later 409; seal 200, later 409; ${UNHARMED}`,
    observe: observeReplay,
  },
  {
    name: `${FAMILY}: corrupt`,
    fault: 'one bit of a chunk is another',
    expected: UNHARMED,
    observe: async (bench) => {
      return await disturbJob(bench, () =>
        whenFired(
          bench.bridgeLine.arm({
            fault: { kind: 'corrupt', direction: 'to_server' },
            direction: 'to_server',
            afterBytes: IN_CHUNKS_BYTES,
          }),
        ),
      );
    },
  },
  {
    name: `${FAMILY}: corrupt, other way`,
    fault: 'one bit of the container ids that a bridge is answered is another',
    expected: UNHARMED,
    observe: async (bench) => {
      const fired = bench.bridgeLine.arm({
        fault: { kind: 'corrupt', direction: 'to_client' },
        direction: 'to_client',
        afterBytes: IN_IDS_BYTES,
      });
      const jobId = await bench.submit();
      const reading = await bench.read(jobId);
      await whenFired(fired);
      return await bench.describe(jobId, reading);
    },
  },
];

async function observeReplay(bench: FaultBench): Promise<string> {
  const { bridgeLine } = bench;
  const requests: [string, Buffer][] = [];
  const seen: string[] = [];
  const outcome = await disturbJob(bench, async () => {
    for (const [name, pattern] of [
      ['chunk', /^PUT \S+\/chunks\/\d+ /],
      ['seal', /^POST \S+\/seal /],
    ] as const) {
      const request = await bridgeLine.record(pattern);
      requests.push([name, request]);
      seen.push(statusIn(await bridgeLine.replay(request)));
    }
  });
  const later: string[] = [];
  for (const [, request] of requests) later.push(statusIn(await bridgeLine.replay(request)));
  const answers = requests.map(([name], index) => `${name} ${seen[index]}, later ${later[index]}`);
  return [...answers, outcome].join('; ');
}

function statusIn(firstLine: string): string {
  return firstLine.split(' ')[1] ?? firstLine;
}
