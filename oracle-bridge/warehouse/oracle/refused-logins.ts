import type { ConnectOptions } from 'oracledb';

/** A database locks an account after some wrong passwords, for everybody who uses it. */
const RETRY_AFTER_MS = 3_600_000;
/** Wrong or missing password. Locked and expired accounts are not locked any further. */
const WRONG_PASSWORD: ReadonlySet<unknown> = new Set(['ORA-01017', 'ORA-01005']);

type Login = Pick<ConnectOptions, 'connectString' | 'user' | 'password'>;

interface Refusal {
  readonly password: string;
  readonly error: unknown;
  readonly untilMs: number;
}

/** Passwords that a database has refused: the same one is not tried again for an hour, another one at once. */
export class RefusedLogins {
  readonly #now: () => number;
  readonly #refusals = new Map<string, Refusal>();

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws the error of the refusal that is remembered. */
  check(login: Login): void {
    const refusal = this.#refusals.get(placeOf(login));
    if (refusal && refusal.password === login.password && this.#now() < refusal.untilMs) throw refusal.error;
  }

  /** A login has failed. */
  note(login: Login, error: unknown): void {
    if (!(error instanceof Error && 'code' in error && WRONG_PASSWORD.has(error.code))) return;
    this.#refusals.set(placeOf(login), { password: login.password, error, untilMs: this.#now() + RETRY_AFTER_MS });
  }
}

function placeOf({ connectString, user }: Login): string {
  return `${user}@${connectString}`;
}
