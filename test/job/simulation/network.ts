import type { Lease, LeaseKey } from '#protocol/lease.ts';
import type { ProblemCode } from '#protocol/problem.ts';
import type { JobAnnouncement } from '../../../src/job/job-api.ts';
import type { Call } from './work.ts';

/** What is under way between bridges, Site object and Job object. `bridge`: which of the bridges. */
export type Message =
  | { readonly to: 'site'; readonly type: 'hello'; readonly bridge: number; readonly boot: string }
  | {
      readonly to: 'site';
      readonly type: 'lease';
      readonly bridge: number;
      readonly boot: string;
      readonly requestId: string;
    }
  | { readonly to: 'site'; readonly type: 'announce'; readonly announcement: JobAnnouncement; readonly reply: Reply }
  | {
      readonly to: 'job';
      readonly type: 'call';
      readonly bridge: number;
      readonly id: number;
      readonly key: LeaseKey;
      readonly call: Call;
    }
  | { readonly to: 'job'; readonly type: 'heard'; readonly reply: Reply }
  | { readonly to: 'bridge'; readonly type: 'offer'; readonly bridge: number }
  | { readonly to: 'bridge'; readonly type: 'cancel'; readonly bridge: number; readonly epoch: number }
  | {
      readonly to: 'bridge';
      readonly type: 'leases';
      readonly bridge: number;
      readonly requestId: string;
      readonly leases: readonly Lease[];
    }
  | {
      readonly to: 'bridge';
      readonly type: 'answer';
      readonly bridge: number;
      readonly id: number;
      readonly code: ProblemCode | undefined;
      readonly stop: boolean;
    };

/** How a call between two objects ends for its caller; only the first end counts. */
export interface Reply {
  readonly succeed: () => void;
  readonly fail: () => void;
}

/** Nobody is served a queue that grows without end. */
const MAX_MESSAGES = 80;

/** Delivers in any order, twice, late or not at all. */
export class Network {
  #messages: Message[] = [];
  /** Bridges that are cut off: their messages wait, in both directions. */
  readonly #cutOff = new Set<number>();

  send(message: Message): void {
    if (this.#messages.length < MAX_MESSAGES) this.#messages.push(message);
    else lose(message);
  }

  /** Whether a sender should rather wait. */
  get busy(): boolean {
    return this.#messages.length > MAX_MESSAGES / 2;
  }

  get empty(): boolean {
    return this.#messages.length === 0;
  }

  /** One of those that can arrive; `undefined`: there is none. */
  take(choice: number): Message | undefined {
    const index = this.#choose(choice);
    return index === undefined ? undefined : this.#messages.splice(index, 1)[0];
  }

  duplicate(choice: number): void {
    const message = this.#messages[this.#choose(choice) ?? -1];
    if (message && !this.busy) this.#messages.push(message);
  }

  drop(choice: number): void {
    const message = this.take(choice);
    if (message) lose(message);
  }

  cutOff(bridge: number, isCutOff: boolean): void {
    if (isCutOff) this.#cutOff.add(bridge);
    else this.#cutOff.delete(bridge);
  }

  isCutOff(bridge: number): boolean {
    return this.#cutOff.has(bridge);
  }

  #choose(choice: number): number | undefined {
    if (this.#messages.length === 0) return undefined;
    const start = choice % this.#messages.length;
    if (this.#cutOff.size === 0) return start;
    for (let step = 0; step < this.#messages.length; step++) {
      const index = (start + step) % this.#messages.length;
      const message = this.#messages[index];
      if (message && !('bridge' in message && this.#cutOff.has(message.bridge))) return index;
    }
    return undefined;
  }
}

/** The caller of an object learns that the connection is gone. */
function lose(message: Message): void {
  if ('reply' in message) message.reply.fail();
}
