import type { Slots } from '#protocol/bridge-message.ts';
import type { Lease } from '#protocol/lease.ts';
import { LEASE_GIVE_UP_RATIO } from '#protocol/limits.ts';
import type { OfferTarget } from '../../../src/site/queue.ts';
import type { Message, Network } from './network.ts';
import type { Call } from './work.ts';
import { LEASE_TTL_MS, planOf } from './work.ts';
import type { World } from './world.ts';

/** Puts under way at the same time, unless the bridge is greedy. */
const UPLOADS = 3;
const POLL_MS = 30_000;

interface HeldLease {
  readonly lease: Lease;
  readonly plan: Call[];
  /** Sent and not answered, by the number of the call. */
  readonly inFlight: Map<number, Call>;
  renewedAtMs: number;
  /** Told to stop: it only reports that its query has ended. */
  stopped: boolean;
}

/** A bridge with room for one job. A restart keeps nothing but its name. */
export class Bridge {
  readonly id: string;
  /** Stops in the middle of everything, and goes on later as if nothing had been. */
  paused = false;
  /** Takes no more jobs, and ends the one it has. */
  draining = false;
  readonly #number: number;
  readonly #world: World;
  readonly #network: Network;
  #boot = 1;
  #offered = false;
  #polledAtMs: number | undefined;
  #asked: { readonly requestId: string; readonly atMs: number } | undefined;
  #greeted = false;
  #held: HeldLease | undefined;

  constructor(number: number, world: World, network: Network) {
    this.#number = number;
    this.#world = world;
    this.#network = network;
    this.id = `bridge-${number}`;
  }

  /** As the Site object knows it from its socket. */
  get target(): OfferTarget {
    const slots = { interactive: 1, batch: 1 };
    const free: Slots = this.#held ? { interactive: 0, batch: 0 } : slots;
    const { id: bridgeId, draining } = this;
    return { bridgeId, slots, free, draining, offered: { interactive: 0, batch: 0 } };
  }

  restart(): void {
    this.#boot++;
    this.paused = false;
    this.draining = false;
    this.#offered = false;
    this.#polledAtMs = undefined;
    this.#asked = undefined;
    this.#held = undefined;
    this.#greeted = false;
  }

  step(): void {
    if (this.paused || this.#network.busy) return;
    if (!this.#greeted) {
      this.#greeted = true;
      this.#network.send({ to: 'site', type: 'hello', bridge: this.#number, boot: this.#bootId });
    }
    if (this.#held) this.#work(this.#held);
    else this.#ask();
  }

  receive(message: Extract<Message, { to: 'bridge' }>): void {
    switch (message.type) {
      case 'offer':
        this.#offered = true;
        break;
      case 'cancel':
        if (this.#held?.lease.epoch === message.epoch) this.#stop(this.#held);
        break;
      case 'leases':
        this.#takeLease(message);
        break;
      case 'answer':
        if (this.#held) this.#hear(this.#held, message);
        break;
    }
  }

  /** The work itself fails: the warehouse is away, or the query is impossible. */
  failWork(retryable: boolean): void {
    const held = this.#held;
    if (!held || held.stopped) return;
    const code = retryable ? 'WAREHOUSE_UNAVAILABLE' : 'QUERY_TIMEOUT';
    held.plan.splice(0, held.plan.length, { type: 'fail', request: { code, detail: 'It failed.', retryable } });
  }

  get held(): { readonly lease: Lease; readonly plan: readonly Call[] } | undefined {
    return this.#held;
  }

  get #bootId(): string {
    return `boot-${this.#number}-${this.#boot}`;
  }

  /** A request that was not answered is repeated: a lease may have been given for it. */
  #ask(): void {
    if (this.draining && !this.#asked) return;
    const { bridgeMs } = this.#world;
    if (!this.#asked) {
      const pollDue = this.#polledAtMs === undefined || bridgeMs - this.#polledAtMs >= POLL_MS;
      if (!this.#offered && !pollDue) return;
      this.#offered = false;
      this.#polledAtMs = bridgeMs;
      this.#asked = { requestId: `request-${this.#world.unique()}`, atMs: bridgeMs };
    }
    const { requestId } = this.#asked;
    this.#network.send({ to: 'site', type: 'lease', bridge: this.#number, boot: this.#bootId, requestId });
  }

  #takeLease({ requestId, leases }: Extract<Message, { type: 'leases' }>): void {
    if (this.#asked?.requestId !== requestId) return;
    const { atMs } = this.#asked;
    this.#asked = undefined;
    const [lease] = leases;
    if (!lease || this.#held) return;
    this.#held = { lease, plan: planOf(lease), inFlight: new Map(), renewedAtMs: atMs, stopped: false };
  }

  #work(held: HeldLease): void {
    const sinceMs = this.#world.bridgeMs - held.renewedAtMs;
    // Every second execution is of a bridge that does not look at its clock: a zombie.
    if (sinceMs >= LEASE_TTL_MS * LEASE_GIVE_UP_RATIO && held.lease.epoch % 2 === 0) {
      this.#held = undefined;
      return;
    }
    for (const [id, call] of held.inFlight) this.#send(held, id, call);
    if (sinceMs >= LEASE_TTL_MS / 3 && countOf(held.inFlight, 'renew') === 0) this.#begin(held, { type: 'renew' });
    while (this.#sendNext(held));
  }

  #sendNext(held: HeldLease): boolean {
    const next = chooseNext(held);
    if (!next) return false;
    held.plan.splice(held.plan.indexOf(next), 1);
    this.#begin(held, next);
    return true;
  }

  #begin(held: HeldLease, call: Call): void {
    const id = this.#world.unique();
    held.inFlight.set(id, call);
    this.#send(held, id, call);
  }

  #send({ lease: { epoch, nonce } }: HeldLease, id: number, call: Call): void {
    this.#network.send({ to: 'job', type: 'call', bridge: this.#number, id, key: { epoch, nonce }, call });
  }

  #stop(held: HeldLease): void {
    if (held.stopped) return;
    held.stopped = true;
    held.plan.length = 0;
    held.inFlight.clear();
    this.#begin(held, { type: 'report' });
  }

  #hear(held: HeldLease, { id, code, stop }: Extract<Message, { type: 'answer' }>): void {
    const call = held.inFlight.get(id);
    // What may come right later is sent again.
    if (!call || code === 'CHUNKS_MISSING' || code === 'STORE_FULL') return;
    held.inFlight.delete(id);
    if (stop) return this.#stop(held);
    const over = code !== undefined || ['finish', 'fail', 'complete', 'report'].includes(call.type);
    if (over) this.#held = undefined;
    else if (call.type === 'renew') held.renewedAtMs = this.#world.bridgeMs;
  }
}

/** The next call that need not wait. A greedy bridge does not let a seal hold up the puts behind it. */
function chooseNext(held: HeldLease): Call | undefined {
  const { plan, inFlight, lease } = held;
  const greedy = lease.epoch % 4 === 3;
  const next = (greedy ? plan.find((call) => call.type === 'put') : undefined) ?? plan[0];
  if (!next) return undefined;
  if (next.type === 'put') return greedy || countOf(inFlight, 'put') < UPLOADS ? next : undefined;
  return isHasty(lease, next) || ![...inFlight.values()].some((sent) => isNeededBy(sent, next)) ? next : undefined;
}

const HASTY_CALLS: ReadonlySet<Call['type']> = new Set(['seal', 'aggregate', 'finish']);

/** A hasty bridge seals and finishes before what it builds on is answered; the edge then says what is missing. */
function isHasty(lease: Lease, call: Call): boolean {
  return lease.epoch % 3 === 1 && HASTY_CALLS.has(call.type);
}

/** Whether a call builds on one that was not answered yet. */
function isNeededBy(sent: Call, call: Call): boolean {
  if (sent.type === 'renew') return false;
  if (call.type !== 'seal') return true;
  if (sent.type !== 'put') return true;
  const { domain, batch } = sent.chunk.head;
  return domain === call.domain && batch <= (call.request.last_batch ?? 0);
}

function countOf(inFlight: ReadonlyMap<number, Call>, type: Call['type']): number {
  let count = 0;
  for (const call of inFlight.values()) if (call.type === type) count++;
  return count;
}
