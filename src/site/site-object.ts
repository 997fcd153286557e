import { DurableObject } from 'cloudflare:workers';
import type { BridgeToEdge, LeaseRequest } from '#protocol/bridge-message.ts';
import { PING_TEXT, PONG_TEXT } from '#protocol/bridge-message.ts';
import type { JobList } from '#protocol/job.ts';
import type { Lane } from '#protocol/kind.ts';
import type { Lease } from '#protocol/lease.ts';
import { ProblemError } from '#protocol/problem.ts';
import { MIN_BRIDGE_PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Env } from '../env.ts';
import type { JobAnnouncement } from '../job/job-api.ts';
import { isLost } from '../lost-alarm.ts';
import type { Outcome } from '../outcome.ts';
import { attempt, succeed } from '../outcome.ts';
import { settingsOf } from '../settings.ts';
import { BridgeBoots } from './bridge-boots.ts';
import { Bridges, close, CLOSE, sendTo } from './bridges.ts';
import { JobIndex } from './job-index.ts';
import { LeaseWalk, SHARE_MS } from './lease-walk.ts';
import { chooseBridge, nextHousekeepingAt } from './queue.ts';
import { Reservations } from './reservations.ts';
import { migrateSite } from './schema.ts';
import { MAX_WOKEN, SILENT_MS, UNHEARD_MS, wakeJobs } from './silent-jobs.ts';
import type { ListJobs, ReservedJob, ReserveJob, SiteApi, SiteHealth } from './site-api.ts';
import { jobStub } from './stubs.ts';

const LANES: readonly Lane[] = ['interactive', 'batch'];
/** While anything lives here; otherwise as late as the next thing runs out. */
const HOUSEKEEPING_MS = 60_000;
const MAX_HOUSEKEEPING_PAUSE_MS = 3_600_000;

/**
 * One factory site: its bridges, its queue, and which request got which job. It only wires; what it decides is in the
 * modules beside it. Everything it knows of live jobs they tell it again, so losing its store costs no job.
 */
export class SiteObject extends DurableObject<Env> implements SiteApi {
  readonly #bridges: Bridges;
  readonly #boots: BridgeBoots;
  readonly #index: JobIndex;
  readonly #reservations: Reservations;
  readonly #leases: LeaseWalk;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    const { sql } = context.storage;
    migrateSite({ sql, transact: (work) => context.storage.transactionSync(work) });
    context.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING_TEXT, PONG_TEXT));
    this.#bridges = new Bridges(context);
    this.#boots = new BridgeBoots(sql);
    this.#index = new JobIndex(sql);
    this.#reservations = new Reservations({
      sql,
      index: this.#index,
      mintJobId: () => env.JOB.newUniqueId().toString(),
    });
    this.#leases = new LeaseWalk({
      sql,
      index: this.#index,
      jobOf: (jobId) => jobStub(env, jobId),
      othersOf: (bridgeId) => this.#bridges.connected(Date.now()).filter((bridge) => bridge.bridgeId !== bridgeId),
      onLeft: (bridgeId) => void setTimeout(() => this.#offerLeft(bridgeId), SHARE_MS),
      now: () => Date.now(),
    });
  }

  async reserve(request: ReserveJob): Promise<Outcome<ReservedJob>> {
    await this.#armHousekeeping();
    return attempt(() => {
      const now = Date.now();
      return this.ctx.storage.transactionSync(() =>
        this.#reservations.reserve(request, {
          now,
          bridgeConnected: this.#bridges.connected(now).length > 0,
          maxJobsPerOwner: settingsOf(this.env).maxConcurrentJobsPerOwner,
        }),
      );
    });
  }

  release(jobId: string): Promise<Outcome<undefined>> {
    return attempt(() => {
      this.ctx.storage.transactionSync(() => this.#reservations.release(jobId));
      return undefined;
    });
  }

  async announce(announcement: JobAnnouncement): Promise<Outcome<undefined>> {
    await this.#armHousekeeping();
    const now = Date.now();
    const lostBy = this.#index.find(announcement.summary.job_id)?.bridgeId;
    const isNews = this.ctx.storage.transactionSync(() => {
      if (!this.#index.record(announcement, now)) return false;
      this.#reservations.hear(announcement, now);
      return true;
    });
    const { job_id: jobId, lane, state } = announcement.summary;
    if (isNews && state === 'queued') this.#offer({ jobId, lane, lostBy }, now);
    return succeed(undefined);
  }

  async lease(bridgeId: string, request: LeaseRequest): Promise<Outcome<Lease[]>> {
    return attempt(() => {
      const protocol = this.#boots.protocolOf(bridgeId);
      if (protocol !== undefined && protocol < MIN_BRIDGE_PROTOCOL_VERSION)
        throw new ProblemError(
          'PROTOCOL_TOO_OLD',
          `This bridge speaks protocol ${protocol}; the edge needs ${MIN_BRIDGE_PROTOCOL_VERSION} or newer.`,
          { members: { protocol, min_protocol: MIN_BRIDGE_PROTOCOL_VERSION } },
        );
      // A request that was long on its way: who would work for it is gone, and the job would wait until its lease has run out.
      if (this.#boots.isFormer(bridgeId, request.boot_id)) return [];
      return this.#leases.lease(bridgeId, request);
    });
  }

  async sendCancel(request: { bridgeId: string; jobId: string; epoch: number }): Promise<Outcome<boolean>> {
    const { bridgeId, jobId, epoch } = request;
    return succeed(this.#bridges.send(bridgeId, { type: 'cancel', job_id: jobId, epoch }, Date.now()));
  }

  async list(request: ListJobs): Promise<Outcome<JobList>> {
    return attempt(() => this.#index.list(request, Date.now()));
  }

  async health(): Promise<Outcome<SiteHealth>> {
    const now = Date.now();
    const queue = {
      interactive: this.#index.countWaiting('interactive', now),
      batch: this.#index.countWaiting('batch', now),
    };
    return succeed({ bridges: this.#bridges.health(now), queue });
  }

  async queueAhead(jobId: string): Promise<Outcome<number | undefined>> {
    const job = this.#index.find(jobId);
    if (!job?.waiting) return succeed(undefined);
    const place = this.#index.queue(job.lane, Date.now()).findIndex((waiting) => waiting.jobId === jobId);
    return succeed(place === -1 ? undefined : place);
  }

  override async fetch(request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams;
    await this.#armHousekeeping();
    const [client, server] = Object.values(new WebSocketPair());
    if (!client || !server) throw new Error('a WebSocketPair has two ends');
    const identity = { bridgeId: query.get('bridge_id') ?? '', site: query.get('site') ?? '' };
    this.#bridges.accept(server, identity, Date.now());
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    await this.#armHousekeeping();
    const message = this.#bridges.read(socket, data);
    const now = Date.now();
    if (message?.type === 'hello') this.#greet(socket, message, now);
    if (message?.type === 'status') this.#bridges.noteStatus(socket, message, now);
    if (message) this.#offerWaiting(now);
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    // 1005 and 1006 say that there was no code; they cannot be sent.
    close(socket, code === 1005 || code === 1006 ? 1000 : code, '');
  }

  override async webSocketError(socket: WebSocket, error: unknown): Promise<void> {
    console.warn('a control socket failed', error);
    close(socket, 1011, '');
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    // First: what goes wrong below is tried again.
    await this.ctx.storage.setAlarm(now + HOUSEKEEPING_MS);
    this.#bridges.closeSilent(now);
    const unheard = [...this.#reservations.unheardSince(now - UNHEARD_MS), ...this.#index.overSince(now, MAX_WOKEN)];
    this.ctx.storage.transactionSync(() => {
      this.#index.purge(now);
      this.#reservations.purge(now);
      this.#leases.purge(now);
    });
    this.#offerWaiting(now);
    this.ctx.waitUntil(this.#wakeSilent(now, unheard));
    if (this.#bridges.any() || this.#index.hasLiveJobs()) return;
    await this.#scheduleIdle(now);
  }

  #greet(socket: WebSocket, hello: Extract<BridgeToEdge, { type: 'hello' }>, now: number): void {
    const { bridge_id: bridgeId, boot_id: bootId, protocol } = hello;
    const restarted = this.#boots.record({ bridgeId, bootId, protocol }, now);
    if (protocol < MIN_BRIDGE_PROTOCOL_VERSION) {
      close(socket, CLOSE.protocolTooOld, 'PROTOCOL_TOO_OLD');
      return;
    }
    this.#bridges.welcome(socket, hello, now);
    // Its older leases are worth nothing any more; asked for a lease by the new boot, the Job objects end them.
    if (restarted) this.#index.offerAgain(bridgeId);
  }

  /** Tells the bridge with the most room of a job that waits. A lost offer is made good by the next announcement. */
  #offer({ jobId, lane, lostBy }: { jobId: string; lane: Lane; lostBy?: string | undefined }, now: number): void {
    const bridge = chooseBridge(this.#bridges.connected(now), lane, lostBy);
    if (bridge && sendTo(bridge.socket, { type: 'offer', job_id: jobId, lane })) this.#bridges.noteOffer(bridge, lane);
  }

  /** One offer a lane is enough: a bridge that hears of it asks for as much as it has room for. */
  #offerWaiting(now: number): void {
    for (const lane of LANES) {
      const [first] = this.#index.queue(lane, now);
      if (first) this.#offer(first, now);
    }
  }

  /** Others had their time: a bridge that was told to leave long jobs to them may have what is left. */
  #offerLeft(bridgeId: string): void {
    const now = Date.now();
    const [first] = this.#index.queue('batch', now);
    if (first) this.#bridges.send(bridgeId, { type: 'offer', job_id: first.jobId, lane: 'batch' }, now);
  }

  #wakeSilent(now: number, unheard: readonly string[]): Promise<void> {
    const silent = this.#index.silentSince(now - SILENT_MS, MAX_WOKEN);
    return wakeJobs([...silent, ...unheard.slice(0, MAX_WOKEN)], {
      index: this.#index,
      jobOf: (jobId) => jobStub(this.env, jobId),
    });
  }

  async #armHousekeeping(): Promise<void> {
    const due = await this.ctx.storage.getAlarm();
    const now = Date.now();
    const soon = now + HOUSEKEEPING_MS;
    if (due === null || due > soon || isLost(due, now)) await this.ctx.storage.setAlarm(soon);
  }

  /** Nothing lives here: sleep until the next thing runs out, or for good. */
  async #scheduleIdle(now: number): Promise<void> {
    const due = [this.#index.nextPurgeAt(now), this.#reservations.nextPurgeAt()].filter((at) => at !== undefined);
    if (due.length === 0) return this.ctx.storage.deleteAlarm();
    const range = { least: HOUSEKEEPING_MS, most: MAX_HOUSEKEEPING_PAUSE_MS };
    return this.ctx.storage.setAlarm(nextHousekeepingAt(now, Math.min(...due), range));
  }
}
