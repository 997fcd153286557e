import { ProblemError } from '#protocol/problem.ts';
import type { Lease, LeaseKey } from '#protocol/lease.ts';
import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import { JobLedger } from '../../src/job/job-ledger.ts';
import { LeaseCalls } from '../../src/job/lease-calls.ts';
import type { StoredSpec } from '../../src/job/job-record.ts';
import { isFinal } from '../../src/job/job-life.ts';
import { type Chunk, makeChunk } from './make-chunk.ts';
import { openNodeSql } from './node-sql.ts';

/**
 * Random histories of one job: the real ledger on real SQLite, two bridges, a reader, a Site object that may forget, a
 * network that duplicates, drops, delays and reorders, crashes of either side, and a clock that jumps. After every step
 * the invariants of the protocol are checked; when the faults stop, the job must end and be read whole.
 */
export type Step = readonly [action: number, argument: number];
export const ACTIONS = 14;

const IDS = 6;
const DOMAIN = 'history';
const LEASE_TTL_MS = 30_000;
const DEADLINE_SECONDS = 1800;
const MAX_NET = 60;

type Write =
  | { readonly call: 'put'; readonly chunk: Chunk }
  | {
      readonly call: 'seal';
      readonly first: number;
      readonly last: number;
      readonly idsTo: number;
      readonly records: number;
    }
  | { readonly call: 'end'; readonly records: number; readonly batches: number }
  | { readonly call: 'finish'; readonly records: number };

interface Request {
  readonly id: number;
  readonly from: number;
  readonly lease?: { readonly requestId: string; readonly bootId: string };
  readonly write?: { readonly key: LeaseKey; readonly what: Write };
}
interface Reply {
  readonly id: number;
  readonly to: number;
  readonly ok: boolean;
  readonly code?: string;
  readonly lease?: Lease | undefined;
}
type Message = { readonly request: Request } | { readonly reply: Reply };

interface Bridge {
  boot: number;
  paused: boolean;
  asked: number | undefined;
  lease: Lease | undefined;
  /** Writes of the lease in their order; a seal waits for the puts before it. */
  plan: Write[];
  inFlight: Map<number, Write>;
}

/** Records of an id, the same in every execution; only their order within a range differs. */
function recordsOf(id: number): string[] {
  return Array.from({ length: id % 3 }, (_, index) => `${id}:${index}`);
}
const ALL_RECORDS = Array.from({ length: IDS }, (_, id) => recordsOf(id))
  .flat()
  .toSorted();

export function runHistory(steps: readonly Step[], options: { readonly resume?: 'ids' | 'restart' } = {}): void {
  const simulation = new Simulation(options.resume ?? 'ids');
  try {
    for (const step of steps) simulation.act(step);
    simulation.quiesce();
  } finally {
    simulation.close();
  }
}

class Simulation {
  readonly #store = openNodeSql();
  #ledger: JobLedger;
  #now = 1_000_000;
  #unique = 0;
  #net: Message[] = [];
  #bridges: Bridge[] = [0, 1].map(() => ({
    boot: 1,
    paused: false,
    asked: undefined,
    lease: undefined,
    plan: [],
    inFlight: new Map(),
  }));
  /** Whether the Site object knows the job, so that bridges are offered it. */
  #siteKnows = false;
  #reader = { generation: 1, position: 0, records: [] as string[], lastType: '' };
  #seen = { epoch: 0, generation: 1, log: [] as string[], nonces: new Set<string>() };
  readonly #sealed = new Map<number, number>();
  #stagedAcks = new Map<string, LeaseKey>();
  /** Writes that were accepted, and the nonce of their lease: repeated under it they are accepted again. */
  readonly #accepted = new Map<number, string>();
  #cancelled = false;
  readonly #resume: 'ids' | 'restart';

  constructor(resume: 'ids' | 'restart') {
    this.#resume = resume;
    this.#ledger = this.#open();
    const ids = Uint8Array.from({ length: IDS * 8 }, (_, index) => (index % 8 === 7 ? Math.floor(index / 8) : 0));
    this.#ledger.create(specOf(resume), ids, { owner: 'local', now: this.#now });
  }

  close(): void {
    this.#store.close();
  }

  #open(): JobLedger {
    return new JobLedger({ sql: this.#store.sql, transact: this.#store.transact, now: () => this.#now });
  }

  get #calls(): LeaseCalls {
    return new LeaseCalls(this.#ledger);
  }

  act([action, argument]: Step): void {
    const bridge = argument % 2;
    switch (action) {
      case 0:
      case 1:
        this.#bridgeStep(bridge);
        break;
      case 2:
      case 3:
      case 4:
        this.#deliver(argument);
        break;
      case 5:
        if (this.#net.length > 0 && this.#net.length < MAX_NET)
          this.#net.push(this.#net[argument % this.#net.length] as Message);
        break;
      case 6:
        if (this.#net.length > 0) this.#net.splice(argument % this.#net.length, 1);
        break;
      case 7:
        this.#restartBridge(bridge);
        break;
      case 8:
        this.#bridgeOf(bridge).paused = !this.#bridgeOf(bridge).paused;
        break;
      case 9:
        this.#now += [5, 500, 12_000, 31_000][argument % 4] ?? 0;
        break;
      case 10:
        this.#alarm();
        break;
      case 11:
        this.#ledger = this.#open();
        break;
      case 12:
        this.#read(1 + (argument % 4));
        break;
      case 13:
        if (argument % 40 === 0) this.#cancel();
        else if (argument % 5 === 0) this.#siteKnows = false;
        else this.#announce(argument % 3 !== 0);
        break;
    }
    this.#check();
  }

  /** No more faults: the job ends, and a reader reads it whole. */
  quiesce(): void {
    for (const bridge of this.#bridges) bridge.paused = false;
    for (let round = 0; round < 600; round++) {
      const final = isFinal(this.#ledger.settle());
      if (final && TERMINAL.has(this.#reader.lastType)) break;
      this.#announce(true);
      this.#bridgeStep(0);
      this.#bridgeStep(1);
      while (this.#net.length > 0) this.#deliver(0);
      this.#read(50);
      this.#now += 1000;
      this.#alarm();
      this.#check();
    }
    const life = this.#ledger.settle();
    if (!isFinal(life) || !TERMINAL.has(this.#reader.lastType)) {
      throw new Error(`I11: no end after the faults stopped: ${life.state}, reader at ${this.#reader.lastType}`);
    }
    if (life.state === 'succeeded')
      expectSame('I8/I9: records of a succeeded job', this.#reader.records.toSorted(), ALL_RECORDS);
    if (!this.#cancelled && life.state !== 'succeeded' && life.error?.code === undefined)
      throw new Error(`ended ${life.state}`);
  }

  #bridgeOf(index: number): Bridge {
    return this.#bridges[index] as Bridge;
  }

  #restartBridge(index: number): void {
    const bridge = this.#bridgeOf(index);
    this.#bridges[index] = {
      boot: bridge.boot + 1,
      paused: false,
      asked: undefined,
      lease: undefined,
      plan: [],
      inFlight: new Map(),
    };
  }

  #bridgeStep(index: number): void {
    const bridge = this.#bridgeOf(index);
    if (bridge.paused || this.#net.length >= MAX_NET) return;
    if (!bridge.lease) {
      if (!this.#siteKnows) return;
      bridge.asked = ++this.#unique;
      this.#net.push({
        request: { id: bridge.asked, from: index, lease: { requestId: `r${bridge.asked}`, bootId: `b${bridge.boot}` } },
      });
      return;
    }
    const key = { epoch: bridge.lease.epoch, nonce: bridge.lease.nonce };
    // What was sent and not answered is sent again; then whatever may go besides it.
    for (const [id, what] of bridge.inFlight) this.#net.push({ request: { id, from: index, write: { key, what } } });
    while (bridge.plan.length > 0 && bridge.inFlight.size < 3) {
      const what = bridge.plan[0] as Write;
      // A hasty bridge does not wait for its puts before it seals; the edge then says what is missing.
      const hasty = what.call === 'seal' && bridge.lease.epoch % 3 === 1;
      if (what.call !== 'put' && bridge.inFlight.size > 0 && !hasty) break;
      bridge.plan.shift();
      const id = ++this.#unique;
      bridge.inFlight.set(id, what);
      this.#net.push({ request: { id, from: index, write: { key, what } } });
      if (what.call !== 'put') break;
    }
  }

  #deliver(argument: number): void {
    if (this.#net.length === 0) return;
    const [message] = this.#net.splice(argument % this.#net.length, 1);
    if (!message) return;
    if ('request' in message) this.#net.push({ reply: this.#serve(message.request) });
    else this.#receive(message.reply);
  }

  #serve(request: Request): Reply {
    const { id, from } = request;
    const before = this.#signature();
    const logBefore = this.#logText();
    const lifeBefore = this.#ledger.record.life();
    const reply: Reply = { id, to: from, ...this.#answer(request) };
    if (!reply.ok && this.#signature() !== before) throw new Error(`a refused call changed the store: ${reply.code}`);
    const held = lifeBefore.lease;
    const holds = held && this.#now < Math.min(held.untilMs, lifeBefore.deadlineAtMs);
    if (!reply.ok && holds && this.#accepted.get(id) === held.nonce) {
      throw new Error(`I7: a repeated ${request.write?.what.call} was refused: ${reply.code}`);
    }
    const key = request.write?.key;
    const current = holds && key && held.epoch === key.epoch && held.nonce === key.nonce;
    if (key && !current && this.#logText() !== logBefore && !this.#settledOnly(lifeBefore.state)) {
      throw new Error('I6: a write under an old lease changed the log');
    }
    return reply;
  }

  #answer({ id, from, lease, write }: Request): Pick<Reply, 'ok' | 'code' | 'lease'> {
    try {
      if (lease) return { ok: true, lease: this.#calls.lease(this.#leaseFacts(lease, from), this.#now) };
      if (write) {
        this.#write(write.key, write.what);
        this.#accepted.set(id, write.key.nonce);
      }
      return { ok: true };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return { ok: false, code: error.code };
    }
  }

  #leaseFacts(lease: { requestId: string; bootId: string }, from: number) {
    const nonce = (++this.#unique).toString(16).padStart(32, '0');
    return { ...lease, bridgeId: `bridge-${from}`, nonce, ttlMs: LEASE_TTL_MS };
  }

  /** Time may have ended the job within the same call, which writes its terminal line. */
  #settledOnly(stateBefore: string): boolean {
    return this.#ledger.record.life().state !== stateBefore;
  }

  #write(key: LeaseKey, what: Write): void {
    if (what.call === 'put') {
      this.#calls.putChunk(key, what.chunk.head, what.chunk.segment);
      this.#stagedAcks.set(what.chunk.head.sha256 + what.chunk.head.batch, key);
      return;
    }
    if (what.call === 'seal') {
      this.#calls.seal(key, DOMAIN, {
        first_batch: what.first,
        ...(what.last >= what.first ? { last_batch: what.last } : {}),
        ids_to: what.idsTo,
        records: what.records,
        containers_found: 0,
      });
      const { generation } = this.#ledger.record.life();
      this.#sealed.set(generation, Math.max(this.#sealed.get(generation) ?? 0, what.idsTo));
      return;
    }
    if (what.call === 'end') {
      this.#calls.endDomain(key, DOMAIN, {
        status: 'complete',
        totals: { records: what.records, batches: what.batches },
      });
      return;
    }
    this.#calls.finish(key, { records: what.records });
  }

  #receive(reply: Reply): void {
    const bridge = this.#bridgeOf(reply.to);
    if (bridge.paused) {
      this.#net.push({ reply });
      return;
    }
    if (bridge.asked === reply.id) {
      bridge.asked = undefined;
      if (!reply.lease || bridge.lease) return;
      bridge.lease = reply.lease;
      bridge.plan = planOf(reply.lease);
      bridge.inFlight.clear();
      return;
    }
    const write = bridge.inFlight.get(reply.id);
    if (!write) return;
    if (reply.code === 'CHUNKS_MISSING') return;
    bridge.inFlight.delete(reply.id);
    if (!reply.ok) bridge.lease = undefined;
    else if (write.call === 'finish') bridge.lease = undefined;
    if (!bridge.lease) {
      bridge.plan = [];
      bridge.inFlight.clear();
    }
  }

  #alarm(): void {
    this.#ledger.settle();
  }

  #announce(acknowledged: boolean): void {
    const { sequence, dueAtMs } = this.#ledger.record.announcement();
    if (dueAtMs === undefined || dueAtMs > this.#now) return;
    const live = !this.#ledger.record.life().endedAtMs;
    this.#siteKnows = this.#siteKnows || acknowledged;
    this.#ledger.record.settleAnnouncement(
      sequence,
      acknowledged ? (live ? this.#now + 30_000 : undefined) : this.#now + 15_000,
    );
  }

  #cancel(): void {
    this.#ledger.cancel({ owner: 'local', force: false });
    this.#cancelled = true;
  }

  /** A reader as one over HTTP: it goes on behind its position, and starts over when the generation is another. */
  #read(most: number): void {
    const life = this.#ledger.record.life();
    if (life.generation !== this.#reader.generation) {
      this.#reader = { generation: life.generation, position: 0, records: [], lastType: '' };
    }
    for (let read = 0; read < most; read++) {
      const entry = this.#ledger.log.nextEntry(this.#reader.position);
      if (!entry) return;
      this.#reader.position = entry.position;
      this.#reader.lastType = entry.kind === 'line' ? entry.type : entry.kind;
      if (entry.kind === 'records') this.#reader.records.push(...this.#recordsOfSegment(entry.chunk.sha256));
    }
  }

  #recordsOfSegment(sha256: string): string[] {
    return CHUNKS.get(sha256) ?? [];
  }

  #logText(): string {
    return JSON.stringify(this.#entries());
  }

  #entries(): string[] {
    const entries: string[] = [];
    for (let position = 0; ;) {
      const entry = this.#ledger.log.nextEntry(position);
      if (!entry) return entries;
      position = entry.position;
      entries.push(
        entry.kind === 'records'
          ? `${position} ${entry.chunk.batch} ${entry.chunk.sha256}`
          : `${position} ${entry.kind}`,
      );
    }
  }

  #signature(): string {
    return `${this.#logText()}|${JSON.stringify(this.#ledger.log.domains())}|${this.#ledger.log.credit(DOMAIN)}`;
  }

  #check(): void {
    if (!this.#ledger.exists()) throw new Error('I1: an accepted job is gone');
    const life = this.#ledger.record.life();
    if (life.epoch < this.#seen.epoch) throw new Error('I2: an epoch fell');
    if (life.lease && life.epoch > this.#seen.epoch && this.#seen.nonces.has(life.lease.nonce))
      throw new Error('I2: nonce reused');
    if (life.lease) this.#seen.nonces.add(life.lease.nonce);
    this.#seen.epoch = life.epoch;
    const entries = this.#entries();
    if (life.generation === this.#seen.generation) {
      expectSame('I3: the visible log changed', entries.slice(0, this.#seen.log.length), this.#seen.log);
    } else if (this.#resume === 'ids') throw new Error('a job that resumes by ids started over');
    this.#seen = { ...this.#seen, generation: life.generation, log: entries };
    this.#checkLog(life.generation);
  }

  #checkLog(generation: number): void {
    const row = this.#ledger.log.domain(DOMAIN);
    const chunks = this.#ledger.log.sealedChunks(DOMAIN);
    expectSame(
      'I4: batches',
      chunks.map((chunk) => chunk.batch),
      chunks.map((_, index) => index + 1),
    );
    const visible = chunks.flatMap((chunk) => this.#recordsOfSegment(chunk.sha256));
    if (new Set(visible).size !== visible.length) throw new Error('I4: a record is visible twice');
    const expected = ALL_RECORDS.filter((record) => Number(record.split(':')[0]) < row.idsDone);
    if (this.#resume === 'ids') expectSame('I4: records of the sealed ids', visible.toSorted(), expected);
    const life = this.#ledger.record.life();
    if (row.idsDone < (this.#sealed.get(generation) ?? 0)) throw new Error('I5: an acknowledged seal was lost');
    if (life.state === 'succeeded') expectSame('I8: totals', visible.toSorted(), ALL_RECORDS);
    this.#checkStaged(life.lease);
    if (this.#reader.generation === generation) {
      expectSame('I9: what the reader holds', this.#reader.records, visible.slice(0, this.#reader.records.length));
    }
  }

  #checkStaged(lease: LeaseKey | undefined): void {
    const staged = this.#store.sql.exec('SELECT batch, sha256 FROM chunk WHERE position IS NULL').toArray() as {
      batch: number;
      sha256: string;
    }[];
    if (staged.length > MAX_STAGED_CHUNKS) throw new Error('I10: too much is staged');
    const holder = lease?.nonce;
    for (const { batch, sha256 } of staged) {
      if (this.#stagedAcks.get(sha256 + batch)?.nonce !== holder)
        throw new Error('I6: a chunk of an old lease is staged');
    }
    const held = this.#store.sql.exec<{ batch: number; sha256: string }>('SELECT batch, sha256 FROM chunk').toArray();
    const known = new Set(held.map((chunk) => chunk.sha256 + chunk.batch));
    for (const [chunk, key] of this.#stagedAcks) {
      const current = lease && lease.epoch === key.epoch && lease.nonce === key.nonce;
      if (current && !known.has(chunk)) throw new Error('I5: an acknowledged chunk was lost under its lease');
      if (!current) this.#stagedAcks.delete(chunk);
    }
  }
}

const TERMINAL = new Set(['complete', 'cancelled', 'error']);
/** Chunks by digest, so that a reader need not inflate. Built once: the same plan gives the same bytes. */
const CHUNKS = new Map<string, string[]>();
const MADE = new Map<string, Chunk>();

function chunkOf(batch: number, records: string[]): Chunk {
  const name = `${batch} ${records.join()}`;
  let chunk = MADE.get(name);
  if (!chunk) {
    chunk = makeChunk(
      records.map((record) => ({ record })),
      { domain: DOMAIN, batch },
    );
    MADE.set(name, chunk);
    CHUNKS.set(chunk.head.sha256, records);
  }
  return chunk;
}

/** What a bridge does with a lease. Ranges, order within a range and chunk sizes differ from execution to execution. */
function planOf(lease: Lease): Write[] {
  const resume = lease.resume[DOMAIN];
  if (!resume) throw new Error('the lease says nothing of its domain');
  const plan: Write[] = [];
  let batch = resume.next_batch;
  let done = lease.spec.resume === 'ids' ? resume.ids_done : 0;
  let records = ALL_RECORDS.filter((record) => Number(record.split(':')[0]) < done).length;
  for (let range = 0; !resume.ended && done < IDS; range++) {
    const idsTo = Math.min(IDS, done + 1 + ((lease.epoch + range) % 3));
    const rows = Array.from({ length: idsTo - done }, (_, index) => recordsOf(done + index)).flat();
    if (lease.epoch % 2 === 0) rows.reverse();
    const first = batch;
    const size = 1 + (lease.epoch % 3);
    for (let at = 0; at < rows.length; at += size)
      plan.push({ call: 'put', chunk: chunkOf(batch++, rows.slice(at, at + size)) });
    plan.push({ call: 'seal', first, last: batch - 1, idsTo, records: rows.length });
    records += rows.length;
    done = idsTo;
  }
  if (!resume.ended) plan.push({ call: 'end', records, batches: batch - 1 });
  plan.push({ call: 'finish', records: ALL_RECORDS.length });
  return plan;
}

function specOf(resume: 'ids' | 'restart'): StoredSpec {
  return {
    job: {
      job_id: 'ab'.repeat(32),
      kind: 'events',
      lane: 'batch',
      resume,
      profile: 'query_tool',
      site: 'fab1',
      domains: [DOMAIN],
      params: { kind: 'events' },
      cid_count: IDS,
      batch_records: 5000,
      created_at: '2026-01-01T00:00:00.000Z',
    },
    deadlineSeconds: DEADLINE_SECONDS,
    contentHash: 'hash',
    cacheSeconds: 0,
  };
}

function expectSame(what: string, actual: readonly unknown[], expected: readonly unknown[]): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}
