import type { BridgeHealth, Health } from '#protocol/health.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Env } from '../env.ts';
import { unwrap } from '../outcome.ts';
import { settingsOf } from '../settings.ts';
import { siteStub } from '../site/stubs.ts';
import type { EdgeApp } from './edge-app.ts';
import { addRoute, jsonResponse } from './edge-app.ts';

/** How long one look at the sites answers every caller of this isolate. */
const HEALTH_CACHE_MS = 1000;

const lastSeen = new WeakMap<Env, { readonly health: Health; readonly atMs: number }>();

/** `GET /api/healthz`: open to everyone, so it names no job and no owner. */
export function addHealthRoutes(app: EdgeApp): void {
  addRoute(app, '/api/healthz', {
    GET: async ({ env }) => {
      const health = await recentHealth(env, Date.now());
      return jsonResponse(health, { status: health.status === 'ok' ? 200 : 503 });
    },
  });
}

async function recentHealth(env: Env, nowMs: number): Promise<Health> {
  const known = lastSeen.get(env);
  if (known && nowMs - known.atMs < HEALTH_CACHE_MS) return known.health;
  const health = await readHealth(env);
  lastSeen.set(env, { health, atMs: nowMs });
  return health;
}

async function readHealth(env: Env): Promise<Health> {
  const { sites, ...settings } = settingsOf(env);
  const bridges: BridgeHealth[] = [];
  const queue = { interactive: 0, batch: 0 };
  const outcomes = await Promise.all(sites.map((site) => siteStub(env, site).health()));
  for (const site of outcomes.map(unwrap)) {
    bridges.push(...site.bridges);
    queue.interactive += site.queue.interactive;
    queue.batch += site.queue.batch;
  }
  return {
    status: bridges.length === 0 ? 'no_bridge' : 'ok',
    protocol: PROTOCOL_VERSION,
    sites: [...sites],
    bridges,
    queue,
    limits: {
      trace_cids: settings.eventsLimitIds,
      defect_cids: settings.msdLimitIds,
      jobs_per_owner: settings.maxConcurrentJobsPerOwner,
      trace_seconds: settings.deadlineSeconds.events,
    },
    maintenance: [],
    maintenance_running: false,
  };
}
