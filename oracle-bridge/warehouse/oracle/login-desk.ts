import { createHash } from 'node:crypto';
import type { ConnectOptions } from 'oracledb';
import { Permits } from '../permits.ts';

/** A database locks an account after some wrong passwords, for everybody who uses it. */
const RETRY_AFTER_MS = 3_600_000;
/** Who has a turn keeps others waiting no longer: a database that answers refuses a password within that. */
const MAX_TURN_MS = 3000;
/** Wrong or missing password. Locked and expired accounts are not locked any further. */
const WRONG_PASSWORD: ReadonlySet<string> = new Set(['ORA-01017', 'ORA-01005']);

/** What the database said of a password that it does not take. Plain JSON: it goes to other workers. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export interface LoginTurn {
  /** To be called once, when the login has ended, with the refusal if that is how. */
  readonly end: (refusal?: Refusal) => void;
}

/** Where whoever wants to log in asks first. */
export interface LoginSource {
  /**
   * Waits for the turn of the login that `key` stands for; the refusal, if its password must not be tried now.
   * @throws the reason of the signal.
   */
  take(key: string, signal: AbortSignal): Promise<LoginTurn | Refusal>;
}

/**
 * Lets one login after the other go to the databases, so that a password which one of them has refused is not tried by
 * another at the same time, nor again for an hour. Another password may be tried at once.
 */
export class LoginDesk implements LoginSource {
  readonly #now: () => number;
  readonly #turns = new Permits(1);
  readonly #refusals = new Map<string, { readonly refusal: Refusal; readonly untilMs: number }>();

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  async take(key: string, signal: AbortSignal): Promise<LoginTurn | Refusal> {
    const giveBack = await this.#turns.take(signal);
    const remembered = this.#refusalOf(key);
    if (remembered) {
      giveBack();
      return remembered;
    }
    const timer = setTimeout(giveBack, MAX_TURN_MS);
    return {
      end: (refusal) => {
        clearTimeout(timer);
        if (refusal) this.#refusals.set(key, { refusal, untilMs: this.#now() + RETRY_AFTER_MS });
        giveBack();
      },
    };
  }

  #refusalOf(key: string): Refusal | undefined {
    for (const [other, { untilMs }] of this.#refusals) if (this.#now() >= untilMs) this.#refusals.delete(other);
    return this.#refusals.get(key)?.refusal;
  }
}

type Login = Pick<ConnectOptions, 'connectString' | 'user' | 'password'>;

/** `logIn` in its turn. @throws what it throws; what the database said, if the password was refused before. */
export async function logInByTurn<Value>(
  login: Login,
  { logins, signal }: { readonly logins: LoginSource; readonly signal: AbortSignal },
  logIn: () => Promise<Value>,
): Promise<Value> {
  const turn = await logins.take(keyOf(login), signal);
  if (!('end' in turn)) throw Object.assign(new Error(turn.message), { code: turn.code });
  let refusal: Refusal | undefined;
  try {
    return await logIn();
  } catch (error) {
    refusal = refusalOf(error);
    throw error;
  } finally {
    turn.end(refusal);
  }
}

/** Account, place and password, of which none can be read. */
function keyOf({ connectString, user, password }: Login): string {
  return createHash('sha256')
    .update(JSON.stringify([connectString, user, password]))
    .digest('hex');
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined;
  return WRONG_PASSWORD.has(error.code) ? { code: error.code, message: error.message } : undefined;
}
