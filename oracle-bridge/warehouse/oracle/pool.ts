import { warehouseClosed } from './problem.ts';
import { Permits } from '../permits.ts';
import type { LoginOptions } from './connection.ts';
import { OracleConnection } from './connection.ts';
import { Session } from './session.ts';

/** A connection that nobody has used for so long is closed, unless it is the last idle one. */
const MAX_IDLE_MS = 300_000;

export interface PoolOptions extends LoginOptions {
  /** Told once what the database says of logins that it grants: the password will expire. */
  readonly onWarning: (warning: Error) => void;
}

/** Shown to those who look after the database. */
export interface SessionLabel {
  /** Name of the snapshot or of the statement. */
  readonly action: string;
  /** Id of the job. */
  readonly clientId: string;
}

interface IdleConnection {
  readonly connection: OracleConnection;
  readonly timer: NodeJS.Timeout;
}

/**
 * The sessions of one warehouse: never more than configured, opened when needed, used again, and all but one closed when
 * they are not needed for a while. The driver's own pool (node-oracledb 26, thin) is not used: a connection that is to be
 * dropped goes back into it, one whose preparation failed is lent unprepared, with a minimum of connections it logs in
 * without a pause while the database is away, and its end waits for silent peers.
 */
export class OraclePool {
  readonly #options: PoolOptions;
  readonly #permits: Permits;
  readonly #open = new Set<OracleConnection>();
  /** The one that was used last at the end. */
  readonly #idle: IdleConnection[] = [];
  readonly #closing = new AbortController();
  #hasWarned = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#permits = new Permits(options.poolSize);
  }

  /** Aborted when the pool is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Connections there are, at work or idle. */
  get connections(): number {
    return this.#open.size;
  }

  /** Sessions that are lent. */
  get inUse(): number {
    return this.#options.poolSize - this.#permits.free;
  }

  /** Waits for a free one. The taker gives it back. @throws ProblemError; the reason of the signal. */
  async take(label: SessionLabel, signal: AbortSignal): Promise<Session> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const giveBack = await this.#permits.take(either);
    try {
      const connection = (await this.#reuse(either)) ?? (await this.#connect(either));
      connection.label(label);
      return new Session(connection, async () => {
        await this.#keepOrClose(connection);
        giveBack();
      });
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** Stops and closes everything. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort(warehouseClosed());
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    await Promise.all([...this.#open].map((connection) => this.#discard(connection)));
  }

  async #reuse(signal: AbortSignal): Promise<OracleConnection | undefined> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      const { connection, timer } = idle;
      clearTimeout(timer);
      let isAlive = false;
      try {
        isAlive = await connection.isAlive(signal);
      } finally {
        if (!isAlive) await this.#discard(connection);
      }
      if (isAlive) return connection;
    }
    return undefined;
  }

  async #connect(signal: AbortSignal): Promise<OracleConnection> {
    const connection = await OracleConnection.open(this.#options, signal);
    this.#open.add(connection);
    const { warning } = connection;
    if (warning && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#options.onWarning(warning);
    }
    return connection;
  }

  async #keepOrClose(connection: OracleConnection): Promise<void> {
    if (connection.isLost || this.#closing.signal.aborted) await this.#discard(connection);
    else this.#idle.push({ connection, timer: setTimeout(() => this.#closeIdle(connection), MAX_IDLE_MS).unref() });
  }

  #closeIdle(connection: OracleConnection): void {
    const index = this.#idle.findIndex((idle) => idle.connection === connection);
    if (index < 0 || this.#idle.length === 1) return;
    this.#idle.splice(index, 1);
    void this.#discard(connection);
  }

  async #discard(connection: OracleConnection): Promise<void> {
    if (this.#open.delete(connection)) await connection.close();
  }
}
