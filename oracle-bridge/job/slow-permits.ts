import type { Lane } from '#protocol/kind.ts';
import type { PermitSource } from '../warehouse/permits.ts';
import { Permits } from '../warehouse/permits.ts';

/**
 * Permits for slow statements, `limit` for all jobs of the bridge together, given in the order of asking. Long jobs hold one
 * less at most, which is left to the jobs that somebody waits for; with a limit of one, both take turns.
 */
export function createSlowPermits(limit: number): Readonly<Record<Lane, PermitSource>> {
  const all = new Permits(limit);
  const ofLongJobs = new Permits(Math.max(1, limit - 1));
  return {
    interactive: all,
    batch: {
      async take(signal) {
        const giveShareBack = await ofLongJobs.take(signal);
        try {
          const giveBack = await all.take(signal);
          return () => {
            giveBack();
            giveShareBack();
          };
        } catch (error) {
          giveShareBack();
          throw error;
        }
      },
    },
  };
}

/** What one job worker holds and waits for, by the ids it has chosen. It waits for no more than its job has statements. */
export class PermitHolder {
  readonly #source: PermitSource;
  readonly #ends = new Map<number, () => void>();

  constructor(source: PermitSource) {
    this.#source = source;
  }

  /** `onTaken` is called when there is a permit, unless it was given back before. */
  take(id: number, onTaken: () => void): void {
    const leaving = new AbortController();
    let giveBack: (() => void) | undefined;
    this.#ends.set(id, () => {
      leaving.abort();
      giveBack?.();
    });
    const receive = (release: () => void): void => {
      if (leaving.signal.aborted) return release();
      giveBack = release;
      onTaken();
    };
    this.#source.take(leaving.signal).then(receive, () => undefined);
  }

  /** An id that is not known any more is no mistake: its permit was given back with all others. */
  giveBack(id: number): void {
    this.#ends.get(id)?.();
    this.#ends.delete(id);
  }

  giveAllBack(): void {
    for (const id of this.#ends.keys()) this.giveBack(id);
  }
}
