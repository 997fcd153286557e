import type { LoginSource, LoginTurn, Refusal } from '../warehouse/oracle/login-desk.ts';

/** Turns to log in that one job worker has or waits for, by the ids it has chosen: no more than it opens sessions. */
export class LoginHolder {
  readonly #source: LoginSource;
  readonly #ends = new Map<number, (refusal?: Refusal) => void>();

  constructor(source: LoginSource) {
    this.#source = source;
  }

  /** `onAnswer` is called once, with the refusal if there is one, unless the turn was ended before. */
  take({ id, key }: { readonly id: number; readonly key: string }, onAnswer: (refusal?: Refusal) => void): void {
    const leaving = new AbortController();
    this.#ends.set(id, () => leaving.abort());
    const receive = (turn: LoginTurn | Refusal): void => {
      if (!('end' in turn)) {
        this.#ends.delete(id);
        if (!leaving.signal.aborted) onAnswer(turn);
      } else if (leaving.signal.aborted) {
        turn.end();
      } else {
        this.#ends.set(id, turn.end);
        onAnswer();
      }
    };
    this.#source.take(key, leaving.signal).then(receive, () => undefined);
  }

  /** An id that is not known any more is no mistake: a turn may be ended twice. */
  end(id: number, refusal?: Refusal): void {
    this.#ends.get(id)?.(refusal);
    this.#ends.delete(id);
  }

  endAll(): void {
    for (const id of this.#ends.keys()) this.end(id);
  }
}
