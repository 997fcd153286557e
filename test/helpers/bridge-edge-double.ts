import type { ChunkHead, CompleteHead } from '#protocol/bridge-message.ts';
import { BRIDGE_TOKEN_AUDIENCE, PING_TEXT, PONG_TEXT, leaseRequestSchema } from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import { packContainerIds } from '#protocol/ids.ts';
import type { Lease } from '#protocol/lease.ts';
import { LEASE_HEADER, formatLeaseHeader } from '#protocol/lease.ts';
import { ProblemError } from '#protocol/problem.ts';
import { importJWK, jwtVerify } from 'jose';
import type { BridgeKey } from '../../oracle-bridge/edge/bridge-token.ts';
import type { ReceivedCall, Reply } from './bridge-http-double.ts';
import { HttpDouble, problem } from './bridge-http-double.ts';
import { LogDouble } from './bridge-log-double.ts';
import type { SocketDouble } from './bridge-socket-double.ts';

export interface JobDouble {
  readonly lease: Lease;
  readonly log: LogDouble;
  readonly ids: readonly string[];
  state: 'queued' | 'running' | 'cancelled' | 'fenced';
  /** Calls that ended it: `fail`, `cancelled`, `finish`, `complete`. */
  readonly ends: { call: string; body: unknown }[];
}

/** An edge small enough for a test: one queue, jobs in memory, real tokens, HTTP and a WebSocket. */
export class EdgeDouble {
  readonly jobs = new Map<string, JobDouble>();
  readonly controlMessages: Record<string, unknown>[] = [];
  /** Answers a call before the edge does, or holds it up. */
  intercept: (call: ReceivedCall) => Promise<Reply | undefined> | undefined = () => undefined;
  readonly #key: BridgeKey;
  readonly #http: HttpDouble;
  readonly #watchers = new Set<() => void>();
  #socket: SocketDouble | undefined;

  private constructor(key: BridgeKey, http: HttpDouble) {
    this.#key = key;
    this.#http = http;
  }

  static async start(key: BridgeKey, port = 0): Promise<EdgeDouble> {
    const http = await HttpDouble.start({
      port,
      reply: (call) => edge.#reply(call),
      onSocket: (socket) => edge.#accept(socket),
    });
    const edge = new EdgeDouble(key, http);
    return edge;
  }

  get url(): string {
    return this.#http.url;
  }

  get calls(): readonly ReceivedCall[] {
    return this.#http.calls;
  }

  /** Puts a job into the queue and offers it. `ids`: sorted. */
  submit(lease: Lease, ids: readonly string[] = []): JobDouble {
    const job: JobDouble = { lease, ids, log: new LogDouble(lease), state: 'queued', ends: [] };
    this.jobs.set(lease.job_id, job);
    this.send({ type: 'offer', job_id: lease.job_id, lane: lease.spec.lane });
    return job;
  }

  send(message: unknown): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** Cuts the control socket. */
  cutSocket(): void {
    this.#socket?.cut();
  }

  /** Resolves when `condition` holds; looked at after everything the bridge does. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      const watch = (): void => {
        if (!condition()) return;
        this.#watchers.delete(watch);
        resolve();
      };
      this.#watchers.add(watch);
    });
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  #accept(socket: SocketDouble): void {
    this.#socket = socket;
    socket.onText = (text) => {
      if (text === PING_TEXT) return socket.send(PONG_TEXT);
      this.controlMessages.push(JSON.parse(text) as Record<string, unknown>);
      this.#changed();
    };
  }

  async #reply(call: ReceivedCall): Promise<Reply> {
    try {
      await this.#authenticate(call);
      return (await this.intercept(call)) ?? this.#answer(call);
    } catch (error) {
      if (error instanceof ProblemError) return problem(error.status, error.code, error.members);
      return problem(401, 'UNAUTHENTICATED', { detail: String(error) });
    } finally {
      setImmediate(() => this.#changed());
    }
  }

  async #authenticate({ headers, method, path }: ReceivedCall): Promise<void> {
    const { kty, crv, x } = this.#key;
    const key = await importJWK({ kty, crv, x }, 'EdDSA');
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    const { payload } = await jwtVerify(token, key, { audience: BRIDGE_TOKEN_AUDIENCE, requiredClaims: ['exp'] });
    if (payload['method'] !== method || payload['path'] !== path) throw new Error('token for another call');
  }

  #answer(call: ReceivedCall): Reply {
    if (call.path.startsWith('/bridge/v1/connect')) return problem(400, 'INVALID_PARAMS');
    if (call.path === '/bridge/v1/leases') return { status: 200, body: { leases: this.#grant(call) } };
    const [, jobId, rest = ''] = /^\/bridge\/v1\/jobs\/([0-9a-f]{64})\/(.*)$/.exec(call.path) ?? [];
    const job = this.jobs.get(jobId ?? '');
    if (!job) throw new ProblemError('JOB_NOT_FOUND', 'no such job');
    if (call.headers[LEASE_HEADER] !== formatLeaseHeader(job.lease)) throw new ProblemError('LEASE_FENCED', 'other');
    return this.#answerJob(job, rest, call);
  }

  #grant(call: ReceivedCall): Lease[] {
    const { slots } = leaseRequestSchema.parse(JSON.parse(call.body.toString()));
    const left = { ...slots };
    const leases: Lease[] = [];
    for (const job of this.jobs.values()) {
      const { lane } = job.lease.spec;
      if (job.state !== 'queued' || left[lane] === 0) continue;
      left[lane]--;
      job.state = 'running';
      leases.push(job.lease);
    }
    return leases;
  }

  #answerJob(job: JobDouble, rest: string, call: ReceivedCall): Reply {
    const [name = ''] = rest.split(/[/?]/);
    if (name === 'renew' && job.state === 'cancelled') return renewed(job, true);
    if (name === 'cancelled' && job.state === 'cancelled') return this.#end(job, name, call);
    if (job.state !== 'running') throw new ProblemError('LEASE_FENCED', 'over');
    if (name === 'renew') return renewed(job, false);
    if (name === 'ids') {
      const { searchParams } = new URL(call.path, this.url);
      const from = Number(searchParams.get('from'));
      return { status: 200, body: packContainerIds(job.ids.slice(from, from + Number(searchParams.get('count')))) };
    }
    if (name === 'domains') return answerDomain(job, rest, call);
    if (name === 'aggregation') job.log.aggregate(JSON.parse(call.body.toString()) as Record<string, unknown>);
    if (name === 'finish') job.log.finish(JSON.parse(call.body.toString()) as { records: number });
    if (name === 'complete') completeJob(job, call.body);
    return name === 'aggregation' ? { status: 204 } : this.#end(job, name, call);
  }

  #end(job: JobDouble, name: string, call: ReceivedCall): Reply {
    job.ends.push({ call: name, body: name === 'complete' ? {} : JSON.parse(call.body.toString()) });
    return { status: 204 };
  }

  #changed(): void {
    for (const watch of this.#watchers) watch();
  }
}

function renewed({ lease }: JobDouble, cancelled: boolean): Reply {
  return { status: 200, body: { ttl_ms: lease.ttl_ms, cancelled } };
}

function answerDomain({ log }: JobDouble, rest: string, { body, headers }: ReceivedCall): Reply {
  const [, domain, action, batch] = rest.split('/') as [string, Domain, string, string?];
  const message = (): never => JSON.parse(body.toString()) as never;
  if (action === 'seal') return { status: 200, body: { credit: log.seal(domain, message()) } };
  if (action === 'end') {
    log.endDomain(domain, message());
    return { status: 204 };
  }
  const head: ChunkHead = {
    domain,
    batch: Number(batch),
    count: Number(headers['lotstream-count']),
    raw_bytes: Number(headers['lotstream-raw-bytes']),
    crc32: Number(headers['lotstream-crc32']),
    sha256: String(headers['lotstream-sha256']),
  };
  return { status: 200, body: { credit: log.putChunk(head, body) } };
}

function completeJob({ log }: JobDouble, body: Buffer): void {
  const headEnd = 4 + body.readUInt32BE(0);
  const head = JSON.parse(body.subarray(4, headEnd).toString()) as CompleteHead;
  let at = headEnd;
  const segments: Uint8Array[] = [];
  for (const { chunk } of head.domains) {
    if (!chunk) continue;
    segments.push(body.subarray(at, at + chunk.segment_bytes));
    at += chunk.segment_bytes;
  }
  log.complete(head, segments);
}
