import { Hono } from 'hono';
import { ProblemError } from '#protocol/problem.ts';
import { explainThrown } from './reset-object.ts';
import { addBridgeRoutes } from './routes/bridge.ts';
import type { EdgeApp, EdgeBindings, EdgeContext } from './routes/edge-app.ts';
import { addEstimateRoutes } from './routes/estimate.ts';
import { addHealthRoutes } from './routes/health.ts';
import { problemResponse } from './routes/http/problem-response.ts';
import { addRateLimitHeaders } from './routes/http/rate-limit-headers.ts';
import { addSecurityHeaders } from './routes/http/security-headers.ts';
import { addJobStreamRoutes } from './routes/job-stream.ts';
import { addJobRoutes } from './routes/jobs.ts';
import { addQueryToolRoutes } from './routes/query-tool.ts';
import { addTraceRoutes } from './routes/trace.ts';

/** The edge as one Hono application: the routes, and around them what every response has in common. */
export function createApp(): EdgeApp {
  const app = new Hono<EdgeBindings>();
  app.use(async (context, next) => {
    context.set('requestId', crypto.randomUUID());
    await next();
    await finishResponse(context);
  });
  app.onError((thrown, context) => {
    const error = explainThrown(thrown);
    logError(error, context);
    return problemResponse(error, context.get('requestId'));
  });
  // Answers instead of throwing: a throw here would skip the headers that every response carries.
  app.notFound(async (context) => {
    // Any other address is the page's own. Not below /assets/: the page would be kept there for a year under the name of a
    // file that another deployment has.
    if (!isApiPath(context.req.path) && !context.req.path.startsWith('/assets/')) {
      const page = await context.env.ASSETS.fetch(new Request(new URL('/', context.req.url), context.req.raw));
      return new Response(page.body, page);
    }
    return problemResponse(new ProblemError('NOT_FOUND', 'There is nothing here.'), context.get('requestId'));
  });
  addTraceRoutes(app);
  addQueryToolRoutes(app);
  addEstimateRoutes(app);
  addJobRoutes(app);
  addJobStreamRoutes(app);
  addHealthRoutes(app);
  addBridgeRoutes(app);
  return app;
}

async function finishResponse(context: EdgeContext): Promise<void> {
  const response = context.res;
  // A WebSocket's handshake has no headers of ours: to set them would take the response apart.
  if (response.status === 101) return;
  addSecurityHeaders(response.headers, context.get('requestId'));
  const counted = context.get('counted');
  if (counted) addRateLimitHeaders(response.headers, counted);
  // Nobody reads the body of a HEAD: what produces it must hear of that.
  if (context.req.raw.method === 'HEAD') await response.body?.cancel();
}

function isApiPath(path: string): boolean {
  return /^\/(api|bridge)(\/|$)/.test(path);
}

/** What really happened is for the log; the caller has the request id to ask with. A caller's own mistake is no news. */
function logError(error: ProblemError, context: EdgeContext): void {
  const about = `${context.get('requestId')} ${context.req.raw.method} ${context.req.path} ${error.code}`;
  if (error.code === 'INTERNAL') console.error(about, error.cause ?? error.detail);
  else if (error.status >= 500 || error.code === 'UNAUTHENTICATED')
    console.warn(about, error.cause instanceof Error ? error.cause.message : error.detail);
}
