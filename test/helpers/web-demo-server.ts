import { readFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { EventDomain } from '#protocol/domain.ts';
import type { ProblemCode } from '#protocol/problem.ts';
import { isRetryable, PROBLEM_STATUS } from '#protocol/problem.ts';
import {
  DEFAULT_DIRECTION,
  eventsRequestSchema,
  lineageRequestSchema,
  seedResolveRequestSchema,
} from '#protocol/trace.ts';
import type { LineageNode, LineageRequest } from '#protocol/trace.ts';
import { DemoJob } from './web-demo-job.ts';
import { splitPlan } from '../../src/limits/split-plan.ts';
import type { DemoLineage } from './web-demo-data.ts';
import { makeGrowth, makeLineage, makeRecord } from './web-demo-data.ts';

/** What the demonstration does beside answering: sizes, pace, and what it breaks. */
export interface DemoOptions {
  readonly port?: number;
  readonly webRoot?: string;
  readonly records?: number;
  readonly nodes?: number;
  /** Lots that are found beside a single one whose lineage is asked for later. */
  readonly grown?: number;
  /** That question becomes a job, with so long between two batches of it. */
  readonly growthPaceMs?: number;
  /** How that job fails. */
  readonly growthFails?: ProblemCode;
  /** Lots that a range of days finds. */
  readonly seedsOfDays?: number;
  readonly paceMs?: number;
  /** Events are made before the first is sent, once for all queries, which have to be the same. */
  readonly isRecorded?: boolean;
  /** A lineage that is a job waits for this when it has half of its records, and has told so. */
  readonly lineageHalfway?: Promise<void> | undefined;
  /** The same, of jobs of events. */
  readonly eventsHalfway?: Promise<void> | undefined;
  /** Jobs of events say that they were made this long ago. */
  readonly ageMs?: number;
  /** Lots that a pattern finds; there are more. */
  readonly patternMost?: number;
  /** The lineage is cut at its last level. */
  readonly isLineageCut?: boolean;
  /** Most containers of one job of events. */
  readonly limitIds?: number;
  /** Pause before a stage answers. */
  readonly stageMs?: number;
  /** Most records of a line. */
  readonly batchRecords?: number;
  /** Streams are cut after so many bytes, of each cut (from 0) its own … */
  readonly cutAfterBytes?: number | ((cut: number) => number);
  /** … so many times. */
  readonly cuts?: number;
  /** One byte of the stream is flipped, so many times. */
  readonly flips?: number;
  /** The last line of a stream claims another digest, so many times. */
  readonly wrongProofs?: number;
  /** The last line of a stream is not sent before this. */
  readonly beforeEnd?: Promise<void>;
  /** Every stage is refused with this code. */
  readonly refuse?: ProblemCode;
  /** Every job is refused with this code. */
  readonly refuseJobs?: ProblemCode | undefined;
  readonly health?: 'ok' | 'no_bridge';
}

export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** A lot that starts so is never found. */
const UNKNOWN_PREFIX = 'XX';
/** Numbers of the lots that match a pattern. */
const PATTERN_LOTS = [1, 2, 3];
const INLINE_NODES = 5000;
/** A line is silent for so long before its cut is noticed: a browser throws away what it has not read by then. */
const SILENCE_MS = 50;

export class DemoServer {
  options: DemoOptions;
  readonly #server: Server;
  readonly #jobs = new Map<string, DemoJob>();
  readonly #lineages = new Map<string, DemoLineage>();
  readonly #known = new Map<unknown, LineageNode>();
  #lineage: DemoLineage = { nodes: [], edges: [], seedIds: [] };
  readonly #held = new Map<string, Promise<void>>();
  #recorded: DemoJob | undefined;
  #cuts = 0;
  #flips = 0;
  #wrongProofs = 0;
  #port = 0;
  /** Requests as they came, `GET /path`. */
  readonly requests: string[] = [];
  /** Bodies of the stages, as they came. */
  readonly bodies: unknown[] = [];

  constructor(options: DemoOptions = {}) {
    this.options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((cause: unknown) => {
        response.destroy(cause instanceof Error ? cause : undefined);
      });
    });
  }

  /** Cuts made so far. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Listens, after a stop on the same port as before; jobs outlive a stop. */
  async start(): Promise<string> {
    const port = this.#port === 0 ? (this.options.port ?? 0) : this.#port;
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return `http://localhost:${this.#port}`;
  }

  /** The records that a job has, or will have. */
  records(jobId: string, domain: EventDomain): Record<string, unknown>[] {
    return this.#jobs.get(jobId)?.records(domain) ?? [];
  }

  /** A stage, named by the last part of its path, does not answer from now on. @returns what lets it. */
  hold(stage: 'seed-resolve' | 'lineage' | 'events'): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(stage, promise);
    return resolve;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    if (!url.pathname.startsWith('/api/')) return this.#sendFile(url.pathname, response);
    if (url.pathname === '/api/healthz') return this.#sendHealth(response);
    const [, , , resource, id, part] = url.pathname.split('/');
    if (resource === 'job' && id !== undefined) return this.#answerJob({ id, part, url, response });
    await setTimeout(this.options.stageMs ?? 0);
    await this.#held.get(resource ?? '');
    const { refuse } = this.options;
    if (refuse !== undefined) return sendProblem(response, refuse, { headers: { 'retry-after': '20' } });
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part);
    const body: unknown = JSON.parse(Buffer.concat(parts).toString());
    this.bodies.push(body);
    if (resource === 'seed-resolve') return this.#resolveSeeds(body, response);
    if (resource === 'lineage') return this.#traceLineage(body, response);
    if (resource === 'events') return this.#startEvents(body, response);
    sendProblem(response, 'NOT_FOUND');
  }

  #resolveSeeds(body: unknown, response: ServerResponse): void {
    const { params } = seedResolveRequestSchema.parse(body);
    if (params.mode === 'date_range') return this.#detectSeeds(params.workcenter_groups, response);
    const { values } = params;
    const { patternMost = PATTERN_LOTS.length } = this.options;
    const known = values.filter((value) => !value.startsWith(UNKNOWN_PREFIX));
    const names = known.flatMap((value) =>
      value.includes('*')
        ? PATTERN_LOTS.slice(0, patternMost).map((n) => value.replace('*', `0${n}-A00-00${n}`))
        : value,
    );
    this.#lineage = makeLineage(names, this.options.nodes ?? 60);
    const { seedIds } = this.#lineage;
    const seeds = seedIds.map((id, index) => ({
      container_id: id,
      lot_id: names[index] ?? null,
      input_value: names[index] ?? '',
      spec_name: 'TMTT',
      qty: 4320,
    }));
    const job = this.#keep(
      new DemoJob({ kind: 'seed_resolve', domains: [], cidCount: 0, batchRecords: 5000, paceMs: 0 }),
    );
    const patterns = values.filter((value) => value.includes('*'));
    const given = Math.min(patternMost, PATTERN_LOTS.length);
    const isCut = given < PATTERN_LOTS.length;
    sendJson(response, 200, {
      stage: 'seed_resolve',
      job_id: job.id,
      seeds,
      seed_count: seeds.length,
      total: seeds.length,
      input_count: values.length,
      not_found: values.filter((value) => value.startsWith(UNKNOWN_PREFIX)),
      expansion_info: Object.fromEntries(patterns.map((value) => [value, given])),
      warnings: isCut ? patterns.map((value) => ({ code: 'PATTERN_CUT', value, given })) : [],
    });
  }

  /** A job, as a range of days is at the edge. */
  #detectSeeds(groups: readonly string[], response: ServerResponse): void {
    const total = this.options.seedsOfDays ?? 3;
    this.#lineage = makeLineage(['GA26010001-A00-001'], this.options.nodes ?? 60);
    const record = (index: number) => ({
      container_id: index.toString(16).padStart(16, '0'),
      lot_id: `GA2601${index}`,
      input_value: groups[0] ?? '',
      spec_name: null,
      qty: 1,
    });
    const expansion_info = Object.fromEntries(groups.map((group, index) => [group, index === 0 ? total : 0]));
    const job = new DemoJob({
      kind: 'seed_resolve',
      domains: [{ domain: 'seeds', total, record }],
      cidCount: 0,
      batchRecords: 5000,
      paceMs: 0,
      aggregation: { total, input_count: groups.length, not_found: [], expansion_info, warnings: [] },
    });
    sendAccepted(response, this.#keep(job));
  }

  #traceLineage(body: unknown, response: ServerResponse): void {
    const request = lineageRequestSchema.parse(body);
    const direction = request.params?.direction ?? DEFAULT_DIRECTION[request.profile];
    const growth = this.#growthFor(request, direction);
    const isJob = growth !== undefined && this.options.growthPaceMs !== undefined;
    const lineage = growth ?? this.#lineage;
    const { nodes, edges, seedIds } = lineage;
    for (const node of nodes) if (!this.#known.has(node.container_id)) this.#known.set(node.container_id, node);
    const totals = { seeds: seedIds.length, nodes: nodes.length, edges: edges.length };
    const summary = {
      direction,
      roots: seedIds,
      seed_roots: {},
      totals,
      truncated: this.options.isLineageCut ?? false,
    };
    const job = this.#keep(
      new DemoJob({
        kind: 'lineage',
        domains: [
          { domain: 'nodes', total: nodes.length, record: (index) => ({ ...nodes[index] }) },
          { domain: 'edges', total: edges.length, record: (index) => ({ ...edges[index] }) },
        ],
        cidCount: nodes.length,
        batchRecords: isJob ? 10 : 5000,
        paceMs: isJob ? (this.options.growthPaceMs ?? 0) : 5,
        aggregation: summary,
        halfway: this.options.lineageHalfway,
        fails: growth && this.options.growthFails,
      }),
    );
    this.#lineages.set(job.id, lineage);
    if (isJob || nodes.length > INLINE_NODES) return sendAccepted(response, job);
    sendJson(response, 200, { stage: 'lineage', job_id: job.id, ...summary, nodes, edges });
  }

  /** The page asks so for more of a lineage. */
  #growthFor(request: LineageRequest, direction: 'forward' | 'backward'): DemoLineage | undefined {
    const { grown } = this.options;
    const [id, ...others] = request.container_ids ?? [];
    const lot = this.#known.get(id);
    if (grown === undefined || lot === undefined || others.length > 0) return undefined;
    return request.profile === 'mid_section_defect' ? makeGrowth(lot, grown, direction) : undefined;
  }

  #startEvents(body: unknown, response: ServerResponse): void {
    const request = eventsRequestSchema.parse(body);
    const lineage = this.#lineages.get(request.container_ids_from?.job_id ?? '');
    const named = request.container_ids?.flatMap((id) => this.#known.get(id) ?? []);
    const all = lineage?.nodes ?? named;
    if (all === undefined) return sendProblem(response, 'JOB_NOT_FOUND');
    const nodes = all.slice(request.ids_range?.from ?? 0, request.ids_range?.to);
    const { limitIds = Infinity } = this.options;
    if (nodes.length > limitIds) {
      const split_plan = splitPlan(nodes.length, limitIds);
      return sendProblem(response, 'CID_LIMIT_EXCEEDED', { members: { split_plan } });
    }
    const share: Partial<Record<EventDomain, number>> = {
      history: 0.62,
      materials: 0.25,
      rejects: 0.1,
      holds: 0.03,
      jobs: 0,
    };
    const domains = (request.domains ?? ['history']).map((domain) => ({
      domain,
      total: Math.round((this.options.records ?? 6000) * (share[domain] ?? 0.2)),
      record: (index: number) => {
        const node = nodes[(index * 7) % nodes.length];
        if (node === undefined) throw new Error('a lineage without nodes has no events');
        return makeRecord(domain, index, node);
      },
    }));
    const options = {
      kind: 'events' as const,
      domains,
      cidCount: nodes.length,
      batchRecords: this.options.batchRecords ?? 5000,
      paceMs: this.options.paceMs ?? 5,
      ageMs: this.options.ageMs ?? 0,
      halfway: this.options.eventsHalfway,
      ...(this.options.isRecorded === true ? { recorded: this.#recorded ?? ('anew' as const) } : {}),
    };
    const job = this.#keep(new DemoJob(options));
    if (this.options.isRecorded === true) this.#recorded ??= job;
    sendAccepted(response, job);
  }

  async #answerJob(call: { id: string; part: string | undefined; url: URL; response: ServerResponse }): Promise<void> {
    const { id, part, url, response } = call;
    const job = this.#jobs.get(id);
    if (job === undefined) return sendProblem(response, 'JOB_NOT_FOUND');
    if (this.options.refuseJobs !== undefined) return sendProblem(response, this.options.refuseJobs);
    if (part === undefined) return sendJson(response, 200, job.status());
    if (part === 'cancel') {
      job.cancel('confirmed');
      const isUnderWay = job.status().database === 'pending';
      return sendJson(response, isUnderWay ? 202 : 200, { state: job.state, database: job.status().database });
    }
    await this.#stream(job, url.searchParams.get('after'), response);
  }

  async #stream(job: DemoJob, after: string | null, response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const isEvents = job.options.kind === 'events';
    const cutAt = isEvents ? this.#nextCut() : Infinity;
    let sent = 0;
    for await (const line of job.read(after)) {
      if (isEvents && line.subarray(0, 20).toString().startsWith('{"type":"complete"')) await this.options.beforeEnd;
      if (response.destroyed) return;
      const bytes = isEvents ? this.#damage(line) : line;
      const part = bytes.subarray(0, Math.max(0, cutAt - sent));
      sent += part.length;
      if (!response.write(part)) await drained(response);
      if (sent >= cutAt) {
        await setTimeout(SILENCE_MS);
        return void response.destroy();
      }
    }
    response.end();
  }

  /** Bytes of the next stream before it is cut. */
  #nextCut(): number {
    const { cuts = 0, cutAfterBytes = 0 } = this.options;
    if (this.#cuts >= cuts) return Infinity;
    const cut = this.#cuts++;
    return typeof cutAfterBytes === 'number' ? cutAfterBytes : cutAfterBytes(cut);
  }

  #damage(line: Buffer): Buffer {
    const { flips = 0, wrongProofs = 0 } = this.options;
    if (line.length > 10_000 && this.#flips < flips) {
      this.#flips++;
      const bytes = Buffer.from(line);
      bytes[5000] = (bytes[5000] ?? 0) ^ 1;
      return bytes;
    }
    const text = line.length < 1000 ? line.toString() : '';
    if (!text.startsWith('{"type":"complete"') || this.#wrongProofs >= wrongProofs) return line;
    this.#wrongProofs++;
    return Buffer.from(text.replace(/"sha256":"[0-9a-f]{64}"/, `"sha256":"${'0'.repeat(64)}"`));
  }

  #keep(job: DemoJob): DemoJob {
    this.#jobs.set(job.id, job);
    return job;
  }

  #sendHealth(response: ServerResponse): void {
    const status = this.options.health ?? 'ok';
    const slots = { interactive: 4, batch: 2 };
    const bridge = {
      bridge_id: 'bridge-a',
      site: 'fab1',
      version: '0.1.0',
      warehouse: 'duckdb',
      last_seen_at: new Date().toISOString(),
      slots,
      free: slots,
      in_flight: 0,
      rss_bytes: 1,
      draining: false,
    };
    sendJson(response, status === 'ok' ? 200 : 503, {
      status,
      protocol: 1,
      sites: ['fab1'],
      bridges: status === 'ok' ? [bridge] : [],
      queue: { interactive: 0, batch: 0 },
      limits: { trace_cids: 50_000, defect_cids: 500_000, jobs_per_owner: 5, trace_seconds: 1800 },
      maintenance: [],
      maintenance_running: false,
    });
  }

  async #sendFile(path: string, response: ServerResponse): Promise<void> {
    const root = this.options.webRoot ?? 'dist/web';
    const name = extname(path) === '' ? '/index.html' : path;
    try {
      const bytes = await readFile(join(root, normalize(name)));
      const headers = {
        'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
        'content-security-policy': CONTENT_SECURITY_POLICY,
      };
      response.writeHead(200, headers).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }
}

/** Waits until a reader has taken what was written, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendAccepted(response: ServerResponse, job: DemoJob): void {
  const { stream_url, result_url } = job.status();
  sendJson(response, 202, {
    async: true,
    job_id: job.id,
    status_url: `/api/trace/job/${job.id}`,
    stream_url,
    result_url,
  });
}

interface ProblemParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, unknown>>;
}

function sendProblem(response: ServerResponse, code: ProblemCode, { headers, members }: ProblemParts = {}): void {
  const status = PROBLEM_STATUS[code];
  const problem = {
    ...members,
    type: 'about:blank',
    title: code,
    status,
    detail: 'As the demonstration was told.',
    instance: 'req-0001',
    code,
    retryable: isRetryable(code),
  };
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify(problem));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8787' },
      records: { type: 'string', default: '6000' },
      nodes: { type: 'string', default: '60' },
      pace: { type: 'string', default: '20' },
      stage: { type: 'string', default: '400' },
      recorded: { type: 'boolean', default: false },
    },
  });
  const server = new DemoServer({
    port: Number(values.port),
    records: Number(values.records),
    nodes: Number(values.nodes),
    paceMs: Number(values.pace),
    stageMs: Number(values.stage),
    isRecorded: values.recorded,
  });
  console.log(`the demonstration is at ${await server.start()}`);
}
