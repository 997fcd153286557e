import type { Simulation } from './simulation.ts';

/** What can happen next, and how. */
export type Step = readonly [happening: number, choice: number];

type Happening = (simulation: Simulation, choice: number) => void | Promise<void>;

const PASSING_MS = [5, 500, 11_000, 31_000];
const JUMPS_MS = [-3000, 700, 40_000, -20_000, 200_000, 40_000, 1_801_000, 3_601_000, 8 * 86_400_000];
const WRITES_OF_A_CALL = 9;

/** Each as often as it stands here with its weight; what ends a history early is rare. */
const WEIGHTED: readonly (readonly [weight: number, happening: Happening])[] = [
  [8, (simulation, choice) => simulation.bridgeOf(choice).step()],
  [16, (simulation, choice) => simulation.deliver(choice)],
  [2, (simulation, choice) => simulation.network.duplicate(choice)],
  [2, (simulation, choice) => simulation.network.drop(choice)],
  [1, (simulation, choice) => simulation.bridgeOf(choice).restart()],
  [1, togglePause],
  [1, toggleConnection],
  [1, (simulation, choice) => void (simulation.bridgeOf(choice).draining = rarely(choice, 3))],
  [1, (simulation, choice) => simulation.bridgeOf(choice).failWork(choice % 4 !== 1)],
  [4, (simulation, choice) => simulation.world.pass(pick(PASSING_MS, choice))],
  [1, (simulation, choice) => void (simulation.world.edgeMs += pick(JUMPS_MS, choice))],
  [3, (simulation, choice) => simulation.goOff(choice % 2 === 0 ? 'due' : 'stale')],
  [2, (simulation, choice) => simulation.job.store.arm(faultOf(choice))],
  [1, (simulation, choice) => simulation.site.store.arm(faultOf(choice))],
  [1, (simulation) => simulation.job.crash()],
  [1, (simulation) => simulation.site.crash()],
  [1, (simulation) => simulation.site.wipe()],
  [1, (simulation) => simulation.crashAfterNextCall()],
  [1, (simulation, choice) => simulation.breakNextLeaseCall(choice % 2 === 0 ? 'before' : 'after')],
  [3, async (simulation, choice) => void (await simulation.client.read(1 + (choice % 9)))],
  [1, (simulation) => simulation.client.cut()],
  [1, (simulation, choice) => (rarely(choice, 4) ? simulation.cancel() : undefined)],
  [1, (simulation, choice) => simulation.putOther(choice)],
  [1, (simulation) => simulation.site.requireShared()],
  [1, (simulation) => simulation.site.keepHouse()],
];

const HAPPENINGS: readonly Happening[] = WEIGHTED.flatMap(([weight, happening]) =>
  Array.from({ length: weight }, () => happening),
);
export const HAPPENING_COUNT = HAPPENINGS.length;

export async function happen(simulation: Simulation, [happening, choice]: Step): Promise<void> {
  await HAPPENINGS[happening]?.(simulation, choice);
  await simulation.check();
}

function togglePause(simulation: Simulation, choice: number): void {
  const bridge = simulation.bridgeOf(choice);
  bridge.paused = !bridge.paused;
}

function toggleConnection({ network }: Simulation, choice: number): void {
  network.cutOff(choice % 2, !network.isCutOff(choice % 2));
}

function faultOf(choice: number) {
  return { kind: choice % 2 === 0 ? 'full' : 'crash', atWrite: 1 + ((choice >> 1) % WRITES_OF_A_CALL) } as const;
}

function pick(values: readonly number[], choice: number): number {
  return values[choice % values.length] ?? 0;
}

function rarely(choice: number, most: number): boolean {
  return choice % most === 0;
}
