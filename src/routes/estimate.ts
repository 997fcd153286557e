import { CONTAINER_ID_BYTES } from '#protocol/ids.ts';
import { MAX_INLINE_BODY_BYTES } from '#protocol/limits.ts';
import { countRanges } from '#protocol/range-schedule.ts';
import type { EstimateAnswer } from '#protocol/trace.ts';
import type { Env } from '../env.ts';
import { collectIds } from '../job/source-ids.ts';
import { settingsOf } from '../settings.ts';
import type { EdgeApp, EdgeContext } from './edge-app.ts';
import { addRoute, admitCaller, jsonResponse } from './edge-app.ts';
import { readsOf } from './find-job.ts';
import { readJsonBody } from './http/read-body.ts';
import { checkEvents } from './submit/check-events.ts';
import type { IdSource } from './submit/id-source.ts';
import { planFrom, readIdSource } from './submit/id-source.ts';

/** `POST /api/trace/estimate`: what an `events` call with this body would come to. Nothing is run and nothing is made. */
export function addEstimateRoutes(app: EdgeApp): void {
  addRoute(app, '/api/trace/estimate', { POST: estimateEvents });
}

async function estimateEvents(context: EdgeContext): Promise<Response> {
  const { env, req } = context;
  await admitCaller(context, 'trace:run', 'estimate');
  const request = await checkEvents(env, await readJsonBody(req.raw, MAX_INLINE_BODY_BYTES));
  const { site, domains, limitIds } = request;
  const source = await readIdSource(env, request.ids, { site, limitIds: Number.POSITIVE_INFINITY });
  const ids = await countIds(env, source, { site, signal: req.raw.signal });
  const plan = planFrom(request.ids.ids_range?.from ?? 0, ids, limitIds);
  const { batchRecords } = settingsOf(env);
  const ranges = plan.reduce((sum, part) => sum + countRanges(part.ids, batchRecords), 0);
  const admit = ids <= limitIds;
  const answer: EstimateAnswer = {
    ids,
    queries: ranges * domains.length,
    admit,
    limit: limitIds,
    ...(admit ? {} : { split_plan: plan }),
  };
  return jsonResponse(answer);
}

/** Distinct ids, counted by reference as the job itself would: whether it is admitted then is no guess. */
async function countIds(
  env: Env,
  source: IdSource,
  { site, signal }: { site: string; signal: AbortSignal },
): Promise<number> {
  if ('ids' in source) return source.count;
  const request = { spec: { params: { kind: 'events' }, site }, maxIds: Number.POSITIVE_INFINITY, ...source } as const;
  const packed = await collectIds(request, (jobId) => ({
    readRecordIds(part) {
      signal.throwIfAborted();
      return readsOf(env, jobId).readRecordIds(part);
    },
  }));
  return packed.byteLength / CONTAINER_ID_BYTES;
}
