import type { PermitSource } from '../warehouse/permits.ts';
import type { FromWorker } from './worker-message.ts';

/** Permits for slow statements, from within a job worker: the daemon gives them, since their limit is for all workers. */
export class AskedPermits implements PermitSource {
  readonly #send: (message: FromWorker) => void;
  readonly #waiting = new Map<number, () => void>();
  #lastId = 0;

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
  }

  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => reject(signal.reason as Error);
    this.#waiting.set(id, resolve);
    signal.addEventListener('abort', leave, { once: true });
    this.#send({ type: 'take-permit', id });
    try {
      await promise;
    } catch (error) {
      this.#send({ type: 'give-permit', id });
      throw error;
    } finally {
      this.#waiting.delete(id);
      signal.removeEventListener('abort', leave);
    }
    let isHeld = true;
    return () => {
      if (isHeld) this.#send({ type: 'give-permit', id });
      isHeld = false;
    };
  }

  /** The daemon has given the permit of this id. It takes back what nobody waits for any more by the message on its way. */
  receive(id: number): void {
    this.#waiting.get(id)?.();
  }
}
