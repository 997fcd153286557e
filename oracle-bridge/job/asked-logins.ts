import type { LoginSource, LoginTurn, Refusal } from '../warehouse/oracle/login-desk.ts';
import type { FromWorker } from './worker-message.ts';

/** Turns to log in, from within a job worker: the daemon gives them, since all workers have the same account. */
export class AskedLogins implements LoginSource {
  readonly #send: (message: FromWorker) => void;
  readonly #waiting = new Map<number, (refusal: Refusal | undefined) => void>();
  #lastId = 0;

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
  }

  async take(key: string, signal: AbortSignal): Promise<LoginTurn | Refusal> {
    signal.throwIfAborted();
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Refusal | undefined>();
    const leave = (): void => reject(signal.reason as Error);
    this.#waiting.set(id, resolve);
    signal.addEventListener('abort', leave, { once: true });
    this.#send({ type: 'take-login', id, key });
    try {
      const refusal = await promise;
      return refusal ?? { end: (told) => this.#end(id, told) };
    } catch (error) {
      this.#end(id);
      throw error;
    } finally {
      this.#waiting.delete(id);
      signal.removeEventListener('abort', leave);
    }
  }

  /** The daemon has answered. */
  receive(id: number, refusal: Refusal | undefined): void {
    this.#waiting.get(id)?.(refusal);
  }

  #end(id: number, refusal?: Refusal): void {
    this.#send({ type: 'end-login', id, ...(refusal ? { refusal } : {}) });
  }
}
