import type { Context, Handler, Hono } from 'hono';
import { ProblemError } from '#protocol/problem.ts';
import type { Principal, Scope } from '../access/identity.ts';
import { identify, requireScope } from '../access/identity.ts';
import type { Env } from '../env.ts';
import type { CountedCall } from '../limits/count-call.ts';
import { countCall, requireAdmitted } from '../limits/count-call.ts';
import type { RateBucket } from '../limits/rate-buckets.ts';
import { settingsOf } from '../settings.ts';

export interface EdgeBindings {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** Set once a limited call was counted: every answer to it says what is left. */
    counted?: CountedCall;
  };
}
export type EdgeApp = Hono<EdgeBindings>;
export type EdgeContext = Context<EdgeBindings>;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Registers a path with all its methods; every other method is 405 and `Allow` says which there are. */
export function addRoute(app: EdgeApp, path: string, methods: Partial<Record<Method, Handler<EdgeBindings>>>): void {
  for (const [method, handler] of Object.entries(methods)) app.on(method, path, handler);
  const allow = Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  app.all(path, (context) => {
    throw new ProblemError('METHOD_NOT_ALLOWED', `${context.req.raw.method} is not possible here.`, {
      members: { allow },
    });
  });
}

/**
 * Who calls, if that caller may do this, and may do it now. Asked before anything of the body is read, and in this order:
 * for a caller without identity nothing is counted, so no object is ever made for one. Without `bucket` a call has no
 * limit, as cancelling must not have one.
 * @throws ProblemError `UNAUTHENTICATED`, `FORBIDDEN`, `RATE_LIMITED`.
 */
export async function admitCaller(context: EdgeContext, scope: Scope, bucket?: RateBucket): Promise<Principal> {
  const principal = await identify(context.req.raw, settingsOf(context.env));
  requireScope(principal, scope);
  const counted = bucket && (await countCall(context.env, principal.owner, bucket));
  if (counted) {
    context.set('counted', counted);
    requireAdmitted(counted);
  }
  return principal;
}

/** JSON that no cache keeps: what it says belongs to this caller and this moment. */
export function jsonResponse(
  value: unknown,
  init: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return new Response(JSON.stringify(value), {
    status: init.status ?? 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...init.headers },
  });
}
