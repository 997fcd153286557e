import { acceptEncodingOf, acceptsGzip } from './http/accept-encoding.ts';
import type { EdgeApp, EdgeContext } from './edge-app.ts';
import { addRoute, admitCaller } from './edge-app.ts';
import { findJob } from './find-job.ts';
import { throwIfProblem } from './http/problem-response.ts';

/** `GET /api/trace/job/{id}/stream?after=CURSOR`: the log of a job, live while it runs. */
export function addJobStreamRoutes(app: EdgeApp): void {
  addRoute(app, '/api/trace/job/:id/stream', { GET: readStream });
}

async function readStream(context: EdgeContext): Promise<Response> {
  await admitCaller(context, 'trace:read', 'job-read');
  const { job } = await findJob(context.env, context.req.param('id') ?? '');
  const gzip = acceptsGzip(acceptEncodingOf(context.req.raw));
  const query = new URLSearchParams({ gzip: gzip ? '1' : '0' });
  const after = context.req.query('after');
  if (after !== undefined) query.set('after', after);
  const stream = await job.fetch(new Request(`https://job/stream?${query.toString()}`));
  await throwIfProblem(stream);
  const headers = new Headers({
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    vary: 'Accept-Encoding',
  });
  if (!gzip) return new Response(stream.body, { headers });
  headers.set('content-encoding', 'gzip');
  // The bytes are gzip already; whoever makes this response anew must say `manual` again.
  return new Response(stream.body, { headers, encodeBody: 'manual' });
}
