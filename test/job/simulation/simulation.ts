import type { Lease } from '#protocol/lease.ts';
import { isFinal } from '../../../src/job/job-life.ts';
import type { LeaseJob } from '../../../src/job/job-api.ts';
import type { Outcome } from '../../../src/outcome.ts';
import type { ServedCall } from './acknowledgements.ts';
import { Bridge } from './bridge.ts';
import { Client } from './client.ts';
import { Invariants } from './invariants.ts';
import { JobHost } from './job-host.ts';
import type { Message } from './network.ts';
import { Network } from './network.ts';
import type { SimulatedStore } from './simulated-store.ts';
import { HEARD, SiteHost } from './site-host.ts';
import { ViolationError } from './violation.ts';
import type { Call, Mode } from './work.ts';
import { chunkOf, OWNER, performCall, recordsOfDigest } from './work.ts';
import { settlePromises, World } from './world.ts';

const BRIDGES = 2;
const QUIET_ROUNDS = 600;
const HOUSEKEEPING_ROUNDS = 60;
const LOOKING_ROUNDS = 5;
/** Enough for everything behind the last cursor that a log can have. */
const PIECES_A_CONNECTION = 10;
/** A prime: its multiples fall anywhere in a queue. */
const SHUFFLE = 7919;

/** The stores of one history. */
export interface Stores {
  readonly job: SimulatedStore;
  readonly site: SimulatedStore;
}

/** One job, its Site object, two bridges and a reader. Each method is something that may happen at any moment. */
export class Simulation {
  readonly world = new World();
  readonly network = new Network();
  readonly bridges: readonly Bridge[];
  readonly job: JobHost;
  readonly site: SiteHost;
  readonly client: Client;
  readonly #invariants: Invariants;
  #served: ServedCall | undefined;
  /** Somebody who waited for an answer goes on. */
  #settling = false;
  /** The next call of the Job object is carried out, and its process ends before the answer. */
  #crashAfterCall = false;
  #breakLeaseCall: 'before' | 'after' | undefined;

  constructor(stores: Stores, mode: Mode) {
    stores.job.rewind();
    stores.site.rewind();
    this.bridges = Array.from({ length: BRIDGES }, (_, index) => new Bridge(index, this.world, this.network));
    this.#invariants = new Invariants(stores.job, mode);
    this.site = new SiteHost(stores.site, this.world, {
      leaseJob: (asker) => this.#leaseJob(asker),
      offer: (bridgeId) => this.network.send({ to: 'bridge', type: 'offer', bridge: numberOf(bridgeId) }),
      targets: () => this.bridges.map((bridge) => bridge.target),
    });
    this.job = new JobHost(stores.job, this.world, {
      announce: (announcement, isCurrent) =>
        new Promise((resolve, reject) => {
          const settle = (work: () => void) => {
            this.#settling = true;
            if (isCurrent()) work();
          };
          const succeed = () => settle(() => resolve(HEARD));
          const fail = () => settle(() => reject(new Error('the connection is lost')));
          this.network.send({ to: 'site', type: 'announce', announcement, reply: { succeed, fail } });
        }),
      cancelAtBridge: ({ bridgeId, epoch }) =>
        this.network.send({ to: 'bridge', type: 'cancel', bridge: numberOf(bridgeId), epoch }),
      cutReaders: () => this.client.cut(),
    });
    this.client = new Client(this.job);
  }

  close(): void {
    this.client.cut();
  }

  bridgeOf(choice: number): Bridge {
    return this.bridges[choice % BRIDGES] as Bridge;
  }

  /** @throws ViolationError */
  async check(): Promise<void> {
    if (this.#settling) await settlePromises();
    this.#settling = false;
    const served = this.#served;
    this.#served = undefined;
    this.#invariants.check(this.world.edgeMs, served);
    const { life, log } = this.#invariants.seen;
    if (this.#invariants.forgotten || life.state === 'expired') return;
    this.client.check(
      life.generation,
      log.map((entry) => entry.text),
    );
  }

  async deliver(choice: number): Promise<void> {
    const message = this.network.take(choice);
    if (message?.to === 'site') await this.#deliverToSite(message);
    else if (message?.to === 'bridge') this.#deliverToBridge(message);
    else if (message?.type === 'heard') message.reply.succeed();
    else if (message) await this.#serve(message);
  }

  async cancel(): Promise<void> {
    const outcome = await this.job.call(() => this.job.ledger.cancel({ owner: OWNER, force: false }));
    if (outcome?.ok) this.#invariants.acknowledgements.noteCancel();
  }

  /** The holder sends a chunk again that was acknowledged, made anew and not the same. */
  async putOther(choice: number): Promise<void> {
    const lease = this.bridgeOf(choice).held?.lease;
    if (!lease) return;
    const puts = [...this.#invariants.acknowledgements.putsOf(lease.nonce)];
    const [place, digest] = puts[choice % Math.max(1, puts.length)] ?? [];
    if (place === undefined || digest === undefined) return;
    const [domain, batch] = place.split(' ') as [Parameters<typeof chunkOf>[0], string];
    const records = recordsOfDigest(digest).map((record) => `${record} again`);
    const call: Call = { type: 'put', chunk: chunkOf(domain, Number(batch), records) };
    const { epoch, nonce } = lease;
    await this.#serve({
      to: 'job',
      type: 'call',
      bridge: choice % BRIDGES,
      id: this.world.unique(),
      key: { epoch, nonce },
      call,
    });
  }

  crashAfterNextCall(): void {
    this.#crashAfterCall = true;
  }

  breakNextLeaseCall(when: 'before' | 'after'): void {
    this.#breakLeaseCall = when;
  }

  async goOff(when: 'due' | 'stale'): Promise<void> {
    const { alarmAtMs } = this.job;
    const due = alarmAtMs !== undefined && alarmAtMs <= this.world.edgeMs;
    if (due || when === 'stale') await this.job.goOff();
  }

  /** No more faults: the job ends, its Site object hears of it, and a reader reads it whole. @throws ViolationError */
  async quiesce(): Promise<void> {
    this.#stopFaults();
    for (let round = 1; round <= QUIET_ROUNDS && !this.#isOver(); round++) {
      for (const bridge of this.bridges) bridge.step();
      await this.#deliverAll();
      await this.#readOn(round);
      await this.check();
      this.world.pass(1000);
      if (round % HOUSEKEEPING_ROUNDS === 0) this.site.keepHouse();
      await this.goOff('due');
      await this.check();
    }
    this.#requireEnd();
  }

  /** A look now and then while the job lives; then it is read to its end over several connections. */
  async #readOn(round: number): Promise<void> {
    const ended = this.#invariants.seen.life.endedAtMs !== undefined;
    if (!ended && round % LOOKING_ROUNDS !== 0) return;
    const hasCome = await this.client.read(PIECES_A_CONNECTION);
    // A reader to whom nothing comes stays: it has to be woken.
    if (ended && hasCome) this.client.cut();
  }

  #stopFaults(): void {
    this.#crashAfterCall = false;
    this.#breakLeaseCall = undefined;
    this.job.store.arm(undefined);
    this.site.store.arm(undefined);
    for (const [number, bridge] of this.bridges.entries()) {
      this.network.cutOff(number, false);
      bridge.paused = false;
      if (bridge.draining) bridge.restart();
    }
  }

  /** In no order. An answer makes the next message, but not for ever: bridges speak once a round. */
  async #deliverAll(): Promise<void> {
    while (!this.network.empty) {
      await this.deliver(this.world.unique() * SHUFFLE);
      await this.check();
    }
  }

  #isOver(): boolean {
    const { life } = this.#invariants.seen;
    if (this.#invariants.forgotten || life.state === 'expired') return true;
    return isFinal(life) && this.client.done && this.job.ledger.record.announcement().dueAtMs === undefined;
  }

  #requireEnd(): void {
    const { life } = this.#invariants.seen;
    if (this.#isOver()) return;
    const reader = this.client.done ? 'has read it' : `holds ${this.client.held.length} entries`;
    throw new ViolationError('I11', `no end after the faults stopped: the job is ${life.state}, its reader ${reader}`);
  }

  async #deliverToSite(message: Extract<Message, { to: 'site' }>): Promise<void> {
    switch (message.type) {
      case 'hello':
        this.site.hello(this.bridgeOf(message.bridge).id, message.boot);
        break;
      case 'announce':
        if (this.site.announce(message.announcement))
          this.network.send({ to: 'job', type: 'heard', reply: message.reply });
        else message.reply.fail();
        break;
      case 'lease': {
        const { bridge, boot, requestId } = message;
        const leases = await this.site.lease(this.bridgeOf(bridge).id, boot, requestId);
        if (leases) this.network.send({ to: 'bridge', type: 'leases', bridge, requestId, leases });
        break;
      }
    }
  }

  #deliverToBridge(message: Extract<Message, { to: 'bridge' }>): void {
    const bridge = this.bridgeOf(message.bridge);
    if (bridge.paused) this.network.send(message);
    else bridge.receive(message);
  }

  async #serve({ bridge, id, key, call }: Extract<Message, { type: 'call' }>): Promise<void> {
    const crashes = this.#crashAfterCall;
    this.#crashAfterCall = false;
    const outcome = await this.job.call((calls) => performCall(calls, key, call));
    const full = outcome?.ok === false && outcome.code === 'STORE_FULL';
    const verdict = !outcome ? 'gone' : outcome.ok ? 'accepted' : full ? 'full' : 'refused';
    this.#served = { id, key, call, outcome: verdict };
    if (crashes) this.job.crash();
    if (!outcome || crashes) return;
    const code = outcome.ok ? undefined : outcome.code;
    this.network.send({ to: 'bridge', type: 'answer', bridge, id, code, stop: outcome.ok && outcome.value });
  }

  /** @throws Error when the connection between the objects breaks. */
  async #leaseJob(asker: LeaseJob): Promise<Outcome<Lease | undefined>> {
    const broken = this.#breakLeaseCall;
    this.#breakLeaseCall = undefined;
    const outcome = broken === 'before' ? undefined : await this.job.lease(asker);
    if (!outcome || broken === 'after') throw new Error('the connection to the Job object is lost');
    return outcome;
  }
}

function numberOf(bridgeId: string): number {
  return Number(bridgeId.slice('bridge-'.length));
}
