import type { Handler } from 'hono';
import { ANSWER_SHA256_HEADER } from '#protocol/bridge-message.ts';
import type { LeaseKey } from '#protocol/lease.ts';
import { LEASE_HEADER, parseLeaseHeader } from '#protocol/lease.ts';
import { ProblemError } from '#protocol/problem.ts';
import { authenticateBridge } from '../../access/bridge-token.ts';
import { sha256Hex } from '../../access/digest.ts';
import type { JobApi } from '../../job/job-api.ts';
import type { BridgeIdentity } from '../../settings.ts';
import { settingsOf } from '../../settings.ts';
import type { EdgeBindings, EdgeContext } from '../edge-app.ts';
import { openJob } from '../find-job.ts';
import { bridgeBodyBudget } from '../../stream/isolate-budget.ts';
import type { BodyRules } from '../http/read-body.ts';
import { BODY_TIMEOUT_MS, withBody } from '../http/read-body.ts';

export interface SignedCall {
  readonly context: EdgeContext;
  readonly bridge: BridgeIdentity;
  /** The body the token was made for. */
  readonly body: Uint8Array;
}

/** A call about one job. The nonce is the permission: only the bridge of the job's own site was ever given it. */
export interface JobCall extends SignedCall {
  readonly job: JobApi;
  readonly key: LeaseKey;
}

/** A route that only a known bridge gets through: first the token, then the body, then the token's digest of it. */
export function bridgeRoute(rules: BodyRules, handle: (call: SignedCall) => Promise<Response>): Handler<EdgeBindings> {
  return async (context) => {
    const { bridge, verifyBody } = await authenticateBridge(context.req.raw, settingsOf(context.env));
    const means = { budget: bridgeBodyBudget, timeoutMs: BODY_TIMEOUT_MS };
    return withBody(context.req.raw, { ...rules, ...means }, async (body) => {
      await verifyBody(body);
      return withDigest(await handle({ context, bridge, body }));
    });
  };
}

/** A bridge believes no answer that was changed on its way, and asks again. */
async function withDigest(response: Response): Promise<Response> {
  if (response.body === null) return response;
  const body = await response.bytes();
  const headers = new Headers(response.headers);
  headers.set(ANSWER_SHA256_HEADER, await sha256Hex(body));
  return new Response(body, { status: response.status, headers });
}

/** As `bridgeRoute`, for paths under a job. A lease that cannot be one is answered as one that is over. */
export function jobRoute(rules: BodyRules, handle: (call: JobCall) => Promise<Response>): Handler<EdgeBindings> {
  return bridgeRoute(rules, async (call) => {
    const job = openJob(call.context.env, call.context.req.param('id') ?? '');
    const key = parseLeaseHeader(call.context.req.header(LEASE_HEADER));
    if (!key) throw new ProblemError('LEASE_FENCED', 'This call does not carry a lease of the job.');
    return handle({ ...call, job, key });
  });
}
