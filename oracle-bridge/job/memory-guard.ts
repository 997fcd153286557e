import type { Logger } from '../log.ts';

/** Memory is looked at this often. Between two looks a bridge takes no more jobs than it has slots. */
export const MEMORY_CHECK_MS = 1000;
/** There is room again this far below the limit: work that just fits must not open and close the bridge every second. */
const ROOM_RATIO = 0.9;

export interface MemoryGuardOptions {
  /** Above this no more jobs are taken; 0: no limit. */
  readonly limitBytes: number;
  /** Of the daemon and its processes together. */
  readonly readRssBytes: () => number;
  /** Called at every look while there is too much: what nobody uses is given back. */
  readonly relieve: () => void;
  /** There is too much from now on, or room again. */
  readonly onChange: () => void;
  readonly log: Logger;
}

/** Whether so much memory is too much, for a bridge that had or had not too much before. */
export function isMemoryFull(rssBytes: number, limitBytes: number, wasFull: boolean): boolean {
  return limitBytes > 0 && rssBytes > limitBytes * (wasFull ? ROOM_RATIO : 1);
}

/** Watches how much memory the bridge holds. Jobs that run go on whatever it says. */
export class MemoryGuard {
  readonly #options: MemoryGuardOptions;
  #timer: NodeJS.Timeout | undefined;
  #isFull = false;

  constructor(options: MemoryGuardOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** The first look is taken at once. */
  start(): void {
    if (this.#timer !== undefined || this.#options.limitBytes === 0) return;
    this.#timer = setInterval(() => this.#look(), MEMORY_CHECK_MS);
    this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { limitBytes, readRssBytes, relieve, onChange, log } = this.#options;
    const rssBytes = readRssBytes();
    const isFull = isMemoryFull(rssBytes, limitBytes, this.#isFull);
    if (isFull !== this.#isFull) {
      this.#isFull = isFull;
      const figures = { rss_bytes: rssBytes, limit_bytes: limitBytes };
      if (isFull) log.warn(figures, 'memory is above MAX_RSS_MB: no more jobs are taken');
      else log.info(figures, 'there is memory again: jobs are taken');
      onChange();
    }
    if (isFull) relieve();
  }
}
