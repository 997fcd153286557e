/** An alarm that could not do its work is tried again after this long. */
const RETRY_MS = 15_000;
/** What is due already could not be done: not at once again. */
const OVERDUE_PAUSE_MS = 1000;

/** The alarm of an object's storage. */
export interface AlarmStorage {
  setAlarm(atMs: number): Promise<void>;
  deleteAlarm(): Promise<void>;
}

/** The one alarm of a Job object, and what is remembered of it, so that a call which moves nothing writes nothing. */
export class JobAlarm {
  readonly #storage: AlarmStorage;
  #atMs: number | undefined;

  constructor(storage: AlarmStorage) {
    this.#storage = storage;
  }

  /**
   * It has gone off. It is set again before anything else: the platform gives up on one that failed six times. What is
   * really due is set when the work is done.
   */
  async goneOff(now: number): Promise<void> {
    await this.#storage.setAlarm(now + RETRY_MS);
    this.#atMs = undefined;
  }

  /**
   * A later time than the one that is set is left alone: the alarm looks again and sets the next. One whose time has come
   * may be lost, so it is set anew; who asks has just settled what it would have. Never into the past: the platform was
   * seen to forget such an alarm now and then.
   */
  async arm(dueAtMs: number | undefined, now: number): Promise<void> {
    if (dueAtMs === undefined) return;
    if (this.#atMs !== undefined && now < this.#atMs && this.#atMs <= dueAtMs) return;
    this.#atMs = dueAtMs > now ? dueAtMs : now + OVERDUE_PAUSE_MS;
    await this.#storage.setAlarm(this.#atMs);
  }

  async clear(): Promise<void> {
    this.#atMs = undefined;
    await this.#storage.deleteAlarm();
  }
}
