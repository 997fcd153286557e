import type { Connection, ConnectOptions } from 'oracledb';
import oracledb from 'oracledb';
import { loadStatement } from '../sql/loader.ts';
import { waitMs } from '../../wait.ts';
import { DriverSockets } from './driver-sockets.ts';
import type { LoginSource } from './login-desk.ts';
import { logInByTurn } from './login-desk.ts';
import type { OracleOptions } from './options.ts';
import { readSecret } from './options.ts';
import { losesSession, problemOfLogin } from './problem.ts';

/** A login may take so many times the time an address may take: a list of addresses may begin with dead ones. */
const MAX_LOGIN_TIMEOUTS = 3;
/** A break that the database has not answered by then: the connection is cut. A cancel kills its worker long before. */
const MAX_BREAK_WAIT_MS = 10_000;
/** A logoff or a rollback may take so long; then the connection is cut. */
const MAX_END_MS = 1000;
/** What a database answers without reading a table; then the connection is cut. Nothing else limits such a call. */
const MAX_BRIEF_CALL_MS = 10_000;
/** A connection that was not used for so long is asked whether it still works. */
const PING_AFTER_MS = 30_000;
const PING_TIMEOUT_MS = 3000;

export interface LoginOptions extends OracleOptions {
  readonly logins: LoginSource;
}

/** One connection to the database. Calls follow each other; each of them can be stopped. */
export class OracleConnection {
  readonly #driver: Connection;
  readonly #sockets: DriverSockets;
  #lastUsedMs = performance.now();
  #isLost = false;

  private constructor(driver: Connection, sockets: DriverSockets) {
    this.#driver = driver;
    this.#sockets = sockets;
  }

  /** Logs in and prepares the session. @throws ProblemError, or the reason of the signal. */
  static async open(options: LoginOptions, signal: AbortSignal): Promise<OracleConnection> {
    signal.throwIfAborted();
    const sockets = new DriverSockets();
    const stop = (): void => sockets.cut();
    let timer: NodeJS.Timeout | undefined;
    signal.addEventListener('abort', stop, { once: true });
    try {
      const login = await loginOf(options);
      const driver = await logInByTurn(login, { logins: options.logins, signal }, () => {
        timer = setTimeout(stop, options.connectTimeoutMs * MAX_LOGIN_TIMEOUTS);
        return sockets.collect(() => oracledb.getConnection(login));
      });
      await driver.execute(loadStatement('oracle', 'setup/session').body);
      signal.throwIfAborted();
      return new OracleConnection(driver, sockets);
    } catch (error) {
      sockets.cut();
      throw problemOfLogin(error, signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /** As `19.22.0.0.0`. */
  get version(): string {
    return this.#driver.oracleServerVersionString;
  }

  /** What the database said of the login, such as that the password will expire. */
  get warning(): Error | undefined {
    return this.#driver.warning;
  }

  /** Whether it must be closed rather than used again. */
  get isLost(): boolean {
    return this.#isLost || !this.#driver.isHealthy();
  }

  /** Shown to those who look after the database, from the next call on. Costs no round trip. */
  label({ action, clientId }: { readonly action: string; readonly clientId: string }): void {
    this.#driver.module = 'oracle-bridge';
    this.#driver.action = action.slice(0, MAX_LABEL_CHARS);
    this.#driver.clientId = clientId.slice(0, MAX_LABEL_CHARS);
  }

  /**
   * One call, of one or more round trips. Aborting asks the database to stop it, and only then: a break must not meet an
   * idle connection. What a break leaves behind must not meet another statement, so the connection counts as lost.
   * @throws what the driver throws once the call has ended; the reason of the signal.
   */
  async call<Value>(signal: AbortSignal, work: (driver: Connection) => Promise<Value>): Promise<Value> {
    signal.throwIfAborted();
    let cutTimer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      this.#isLost = true;
      this.#driver.breakExecution().catch(() => undefined);
      cutTimer = setTimeout(() => this.#sockets.cut(), MAX_BREAK_WAIT_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const value = await work(this.#driver);
      signal.throwIfAborted();
      return value;
    } catch (error) {
      if (losesSession(error)) this.#isLost = true;
      throw error;
    } finally {
      clearTimeout(cutTimer);
      signal.removeEventListener('abort', stop);
      this.#lastUsedMs = performance.now();
    }
  }

  /** The same for a call that reads no table: of a database that has become silent it fails as on a lost connection. */
  async callBriefly<Value>(signal: AbortSignal, work: (driver: Connection) => Promise<Value>): Promise<Value> {
    const timer = setTimeout(() => this.#sockets.cut(), MAX_BRIEF_CALL_MS);
    try {
      return await this.call(signal, work);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether it works, asked of the database if it was idle for a while. Never rejects, unless the signal is aborted. */
  async isAlive(signal: AbortSignal): Promise<boolean> {
    if (this.isLost) return false;
    if (performance.now() - this.#lastUsedMs < PING_AFTER_MS) return true;
    const cut = (): void => this.#sockets.cut();
    const timer = setTimeout(cut, PING_TIMEOUT_MS);
    signal.addEventListener('abort', cut, { once: true });
    try {
      await this.#driver.ping();
      return true;
    } catch {
      this.#isLost = true;
      signal.throwIfAborted();
      return false;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cut);
    }
  }

  /** Ends a transaction; afterwards the connection is usable or lost. Never rejects. */
  async rollback(): Promise<void> {
    if (this.isLost) return;
    const timer = setTimeout(() => this.#sockets.cut(), MAX_END_MS);
    try {
      await this.#driver.rollback();
    } catch {
      this.#isLost = true;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Logs off if the database still listens, and is gone in any case. Never rejects. */
  async close(): Promise<void> {
    this.#isLost = true;
    const done = new AbortController();
    const logoff = this.#driver.close().catch(() => undefined);
    await Promise.race([logoff, waitMs(MAX_END_MS, done.signal)]);
    done.abort();
    this.#sockets.cut();
  }
}

/** Of `V$SESSION.ACTION` and `CLIENT_IDENTIFIER`. */
const MAX_LABEL_CHARS = 64;

async function loginOf(options: OracleOptions): Promise<ConnectOptions> {
  const timeout = Math.ceil(options.connectTimeoutMs / 1000);
  const { connectString, user, walletDir, walletPassword, tlsServerDn } = options;
  return {
    connectString,
    user,
    password: await readSecret(options.password),
    connectTimeout: timeout,
    transportConnectTimeout: timeout,
    expireTime: options.expireMinutes,
    ...(walletDir === undefined ? {} : { walletLocation: walletDir }),
    ...(walletPassword === undefined ? {} : { walletPassword: await readSecret(walletPassword) }),
    ...(tlsServerDn === undefined ? {} : { sslServerCertDN: tlsServerDn }),
  };
}
