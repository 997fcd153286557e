import { setTimeout as delay } from 'node:timers/promises';
import type { Direction, FaultProxy, ProxyFault } from '../helpers/fault-proxy.ts';
import { disturbJob, whenFired } from './disturb.ts';
import type { Fault } from './fault.ts';
import { UNHARMED } from './fault.ts';
import type { FaultBench } from './fault-bench.ts';
import { LEASE_TTL_MS } from './fault-bench.ts';

/** One line of the plant that things may happen to. */
export interface Line<Bench extends FaultBench> {
  readonly family: string;
  readonly proxyOf: (bench: Bench) => FaultProxy;
  /** The way records take on it. */
  readonly bulk: Direction;
  /** What a stall of 5 s is called. */
  readonly longStall: string;
  /** How many more of them bring the next one of a row of faults; a job has to have more than all of these. */
  readonly atBytes: readonly number[];
}

const OTHER: Readonly<Record<Direction, Direction>> = { to_server: 'to_client', to_client: 'to_server' };
/** Between an edge and whoever: there a job moves 3 or 6 MB of records, in about as many seconds. */
export const AT_PACKED_BYTES = [200_000, 500_000, 500_000];
const SHORT_STALL_MS = LEASE_TTL_MS / 2;
const LONG_STALL_MS = LEASE_TTL_MS * 2.5;
/** Of each connection. A bridge has four for the chunks of a job, a reader one. */
const THROTTLED_BYTES_PER_SECOND = 512 * 1024;
const THROTTLED_FOR_MS = 5000;

/** Everything a network may do that concerns every line alike. */
export function lineFaults<Bench extends FaultBench>(line: Line<Bench>): Fault<Bench>[] {
  const { family, proxyOf, bulk } = line;
  const back = OTHER[bulk];
  const unharmed = (what: string, fault: string, disturb: (proxy: FaultProxy) => Promise<void>): Fault<Bench> => ({
    name: `${family}: ${what}`,
    fault,
    expected: UNHARMED,
    observe: async (bench) => await disturbJob(bench, () => disturb(proxyOf(bench))),
  });
  const atBytes = (what: string, fault: string, kind: ProxyFault): Fault<Bench> =>
    unharmed(what, fault, (proxy) => fireInTurn(proxy, line, kind));
  return [
    atBytes('cut', 'the connection that carries records is closed, three times', { kind: 'cut' }),
    atBytes('reset', 'the connection that carries records is reset, three times', { kind: 'reset' }),
    unharmed('cut of all', 'every connection is closed at once', (proxy) => {
      requireHit(proxy.apply({ kind: 'cut' }));
      return Promise.resolve();
    }),
    unharmed('stall', `nothing comes through for ${SHORT_STALL_MS} ms`, (proxy) =>
      stall(proxy, SHORT_STALL_MS, bulk, back),
    ),
    unharmed(line.longStall, `nothing comes through for ${LONG_STALL_MS} ms, then everything`, (proxy) =>
      stall(proxy, LONG_STALL_MS, bulk, back),
    ),
    unharmed('answers lost', `only one way works for ${LONG_STALL_MS} ms, then all is cut`, async (proxy) => {
      proxy.stall('to_client');
      await delay(LONG_STALL_MS);
      requireHit(proxy.apply({ kind: 'cut' }));
      proxy.resume();
    }),
    atBytes('half-close', 'one end is told that nothing more comes, three times', {
      kind: 'half_close',
      direction: bulk,
    }),
    atBytes('half-close, other way', 'the other end is told so, three times', { kind: 'half_close', direction: back }),
    unharmed('throttle', `${THROTTLED_BYTES_PER_SECOND / 1024} KiB/s for ${THROTTLED_FOR_MS} ms`, async (proxy) => {
      proxy.throttle(THROTTLED_BYTES_PER_SECOND);
      await delay(THROTTLED_FOR_MS);
      proxy.throttle(undefined);
    }),
  ];
}

async function fireInTurn(
  proxy: FaultProxy,
  { bulk: direction, atBytes }: Pick<Line<never>, 'bulk' | 'atBytes'>,
  fault: ProxyFault,
): Promise<void> {
  for (const afterBytes of atBytes) await whenFired(proxy.arm({ fault, direction, afterBytes }));
}

async function stall(proxy: FaultProxy, forMs: number, ...directions: Direction[]): Promise<void> {
  proxy.stall(...directions);
  await delay(forMs);
  proxy.resume();
}

function requireHit(connections: number): void {
  if (connections === 0) throw new Error('missed: there was no connection');
}
