import type { Context, Handler, Hono } from 'hono';
import { ProblemError } from '#protocol/problem.ts';
import type { Principal, Scope } from '../access/identity.ts';
import { identify, requireScope } from '../access/identity.ts';
import type { Env } from '../env.ts';
import { settingsOf } from '../settings.ts';

export interface EdgeBindings {
  Bindings: Env;
  Variables: { requestId: string };
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

/** Who calls, if that caller may do this. @throws ProblemError `UNAUTHENTICATED`, `FORBIDDEN`. */
export async function admitCaller(context: EdgeContext, scope: Scope): Promise<Principal> {
  const principal = await identify(context.req.raw, settingsOf(context.env));
  requireScope(principal, scope);
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
