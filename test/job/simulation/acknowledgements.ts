import type { LeaseKey } from '#protocol/lease.ts';
import type { Snapshot } from './snapshot.ts';
import { ViolationError } from './violation.ts';
import type { Call } from './work.ts';

/** A call of a bridge, and what the edge made of it. */
export interface ServedCall {
  readonly id: number;
  readonly key: LeaseKey;
  readonly call: Call;
  /** `gone`: the process crashed before it could answer, so nothing of it may be there. */
  readonly outcome: 'accepted' | 'refused' | 'full' | 'gone';
}

interface SealedTo {
  readonly generation: number;
  idsDone: number;
  lastBatch: number;
  ended: boolean;
}

/**
 * The history of what was acknowledged. The store is held against it after every step, so that a chunk which was lost is
 * seen at once: the next lease would send it again, and the end of the job would tell nothing.
 */
export class Acknowledgements {
  /** Lease → domain and batch → digest. */
  readonly #puts = new Map<string, Map<string, string>>();
  readonly #sealed = new Map<string, SealedTo>();
  /** Call → its lease: repeated under it, it is accepted again. */
  readonly #accepted = new Map<number, string>();
  readonly #failed = new Set<string>();
  #finished = false;
  #cancelled = false;

  noteCancel(): void {
    this.#cancelled = true;
  }

  /** Whether this very call was accepted before. */
  wasAccepted({ id, key }: ServedCall): boolean {
    return this.#accepted.get(id) === key.nonce;
  }

  wasFailed(nonce: string): boolean {
    return this.#failed.has(nonce);
  }

  /** Chunks that the lease was told are staged: domain and batch → digest. */
  putsOf(nonce: string): ReadonlyMap<string, string> {
    return this.#puts.get(nonce) ?? new Map();
  }

  /** `generation`: of the job behind the call. */
  note({ id, key, call, outcome }: ServedCall, generation: number): void {
    if (outcome !== 'accepted') return;
    this.#accepted.set(id, key.nonce);
    switch (call.type) {
      case 'put':
        this.#notePut(key, call);
        break;
      case 'seal': {
        const sealed = this.#sealedOf(call.domain, generation);
        sealed.idsDone = Math.max(sealed.idsDone, call.request.ids_to);
        sealed.lastBatch = Math.max(sealed.lastBatch, call.request.last_batch ?? 0);
        break;
      }
      case 'end':
        this.#sealedOf(call.domain, generation).ended = true;
        break;
      case 'finish':
      case 'complete':
        this.#finished = true;
        break;
      case 'fail':
        this.#failed.add(key.nonce);
        break;
      case 'aggregate':
      case 'renew':
      case 'report':
        break;
    }
  }

  /** @throws ViolationError I5 for anything acknowledged that is not there. */
  check(snapshot: Snapshot): void {
    const { life, domains } = snapshot;
    if (life.lease) this.#checkPuts(life.lease.nonce, snapshot);
    for (const { name, idsDone, nextBatch, ended } of domains) {
      const sealed = this.#sealed.get(name);
      if (sealed?.generation !== life.generation) continue;
      if (idsDone < sealed.idsDone || nextBatch <= sealed.lastBatch)
        throw new ViolationError('I5', `an acknowledged seal of ${name} was lost`);
      if (sealed.ended && !ended) throw new ViolationError('I5', `the acknowledged end of ${name} was lost`);
    }
    for (const { domain, batch, hasBytes } of snapshot.chunks)
      if (!hasBytes) throw new ViolationError('I5', `the bytes of ${domain} ${batch} were lost`);
    if (this.#finished && !['succeeded', 'partial', 'expired'].includes(life.state))
      throw new ViolationError('I5', `an acknowledged end of the job was lost: it is ${life.state}`);
    if (this.#cancelled && life.endedAtMs === undefined)
      throw new ViolationError('I5', `an acknowledged cancel was lost: the job is ${life.state}`);
    if (life.lease && this.#failed.has(life.lease.nonce))
      throw new ViolationError('I5', 'an acknowledged failure was lost: its lease holds the job');
  }

  #notePut({ nonce }: LeaseKey, { chunk }: Extract<Call, { type: 'put' }>): void {
    const { domain, batch, sha256 } = chunk.head;
    let puts = this.#puts.get(nonce);
    if (!puts) this.#puts.set(nonce, (puts = new Map()));
    const before = puts.get(`${domain} ${batch}`);
    if (before !== undefined && before !== sha256)
      throw new ViolationError('I7', `${domain} ${batch} was accepted again with other content`);
    puts.set(`${domain} ${batch}`, sha256);
  }

  #sealedOf(domain: string, generation: number): SealedTo {
    let sealed = this.#sealed.get(domain);
    if (sealed?.generation !== generation) sealed = { generation, idsDone: 0, lastBatch: 0, ended: false };
    this.#sealed.set(domain, sealed);
    return sealed;
  }

  #checkPuts(nonce: string, { chunks }: Snapshot): void {
    const puts = this.#puts.get(nonce);
    if (!puts) return;
    const missing = new Map(puts);
    for (const { domain, batch, sha256 } of chunks)
      if (puts.get(`${domain} ${batch}`) === sha256) missing.delete(`${domain} ${batch}`);
    for (const place of missing.keys()) throw new ViolationError('I5', `the acknowledged chunk ${place} was lost`);
  }
}
