import type { Slots } from '#protocol/bridge-message.ts';
import type { Lane } from '#protocol/kind.ts';

/**
 * Who is served next, decided from plain facts. Two lanes that never touch each other's slots. Within a lane owners take
 * turns: a job's turn is the number of its owner's jobs that run or wait in front of it, so one owner with a hundred
 * jobs is one turn ahead of another with one, not a hundred. Among equal turns the older job goes first. Nobody starves:
 * an owner whose jobs do not run has turn 0, and among those the oldest is first.
 */
export interface WaitingJob {
  readonly jobId: string;
  readonly lane: Lane;
  /** The first of its owners. */
  readonly owner: string;
  readonly createdAtMs: number;
}

/** `runningOf`: jobs of an owner that run in this lane. The jobs are all of one lane. */
export function orderQueue(jobs: readonly WaitingJob[], runningOf: (owner: string) => number): WaitingJob[] {
  const turns = new Map<string, number>();
  const turnOf = new Map<WaitingJob, number>();
  const byAge = jobs.toSorted(compareAge);
  for (const job of byAge) {
    const turn = turns.get(job.owner) ?? runningOf(job.owner);
    turnOf.set(job, turn);
    turns.set(job.owner, turn + 1);
  }
  return byAge.sort((left, right) => (turnOf.get(left) ?? 0) - (turnOf.get(right) ?? 0) || compareAge(left, right));
}

function compareAge(left: WaitingJob, right: WaitingJob): number {
  return left.createdAtMs - right.createdAtMs || (left.jobId < right.jobId ? -1 : 1);
}

/** A connected bridge, as far as offers are concerned. */
export interface OfferTarget {
  readonly bridgeId: string;
  readonly slots: Slots;
  readonly free: Slots;
  readonly draining: boolean;
  /** Offers in this lane since its last status: each may have taken a slot by now. */
  readonly offered: Slots;
}

/**
 * The bridge that hears of a waiting job: the one with the most room left, by what it said and was offered since. One
 * without room is still told rather than nobody: it may know of a free slot before we do. `undefined`: none takes jobs
 * of this lane. `lostBy` had the job and did not end it: it may hang, so any other with room comes first.
 */
export function chooseBridge<Target extends OfferTarget>(
  targets: readonly Target[],
  lane: Lane,
  lostBy?: string,
): Target | undefined {
  const rank = (target: Target): number => (roomOf(target, lane) <= 0 ? 2 : target.bridgeId === lostBy ? 1 : 0);
  return targets
    .filter((target) => !target.draining && target.slots[lane] > 0)
    .sort(
      (left, right) =>
        rank(left) - rank(right) ||
        roomOf(right, lane) - roomOf(left, lane) ||
        (left.bridgeId < right.bridgeId ? -1 : 1),
    )[0];
}

/**
 * Jobs that have just come, of which a bridge with so much room may take so many while others have room as well: as many
 * as make it the equal of the roomiest other, and one more.
 */
export function shareOf(room: number, others: readonly OfferTarget[], lane: Lane): number {
  const roomiest = Math.max(0, ...others.filter(({ draining }) => !draining).map(({ free }) => free[lane]));
  return Math.max(0, room - roomiest + 1);
}

function roomOf(target: OfferTarget, lane: Lane): number {
  return target.free[lane] - target.offered[lane];
}

/** Slots that may be filled by one lease call: what was asked, within a bound. */
export function boundSlots(slots: Slots, most: number): Slots {
  return { interactive: Math.min(slots.interactive, most), batch: Math.min(slots.batch, most) };
}

/** Housekeeping is due when the next thing runs out, but neither all the time nor never. */
export function nextHousekeepingAt(
  now: number,
  dueAtMs: number | undefined,
  range: { least: number; most: number },
): number {
  return Math.min(Math.max(dueAtMs ?? now + range.most, now + range.least), now + range.most);
}
