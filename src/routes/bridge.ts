import * as z from 'zod/mini';
import type { ChunkHead } from '#protocol/bridge-message.ts';
import {
  aggregationRequestSchema,
  cancelledRequestSchema,
  CHUNK_COUNT_HEADER,
  CHUNK_CRC32_HEADER,
  CHUNK_RAW_BYTES_HEADER,
  CHUNK_SHA256_HEADER,
  chunkHeadSchema,
  endDomainRequestSchema,
  failRequestSchema,
  finishRequestSchema,
  leaseRequestSchema,
  renewRequestSchema,
  sealRequestSchema,
} from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import { domainSchema } from '#protocol/domain.ts';
import {
  MAX_BRIDGE_BODY_BYTES,
  MAX_COMPLETE_BODY_BYTES,
  MAX_IDS_PER_PAGE,
  MAX_SEGMENT_BYTES,
} from '#protocol/limits.ts';
import { unwrap } from '../outcome.ts';
import { siteStub } from '../site/stubs.ts';
import { connectBridge } from './bridge/connect.ts';
import { splitComplete } from './bridge/complete-frame.ts';
import { bridgeRoute, jobRoute } from './bridge/signed-call.ts';
import type { EdgeApp, EdgeContext } from './edge-app.ts';
import { addRoute, jsonResponse } from './edge-app.ts';
import { parseJson } from './http/read-body.ts';
import { parseWith } from './http/validate.ts';

const JSON_BODY = { maxBytes: MAX_BRIDGE_BODY_BYTES };
const NO_BODY = { maxBytes: 0 };
const SEGMENT_BODY = { maxBytes: MAX_SEGMENT_BYTES, lengthRequired: true };
const COMPLETE_BODY = { maxBytes: MAX_COMPLETE_BODY_BYTES, lengthRequired: true };

/** What bridges call (protocol.md, section 4). Every call is signed; every call about a job carries its lease. */
export function addBridgeRoutes(app: EdgeApp): void {
  addRoute(app, '/bridge/v1/connect', { GET: connectBridge });
  addRoute(app, '/bridge/v1/leases', { POST: leaseJobs });
  const job = '/bridge/v1/jobs/:id';
  addRoute(app, `${job}/ids`, { GET: readIds });
  addRoute(app, `${job}/renew`, { POST: renew });
  addRoute(app, `${job}/domains/:domain/chunks/:batch`, { PUT: putChunk });
  addRoute(app, `${job}/domains/:domain/seal`, { POST: seal });
  addRoute(app, `${job}/domains/:domain/end`, { POST: endDomain });
  addRoute(app, `${job}/aggregation`, { PUT: aggregate });
  addRoute(app, `${job}/finish`, { POST: finish });
  addRoute(app, `${job}/fail`, { POST: fail });
  addRoute(app, `${job}/cancelled`, { POST: reportCancelled });
  addRoute(app, `${job}/complete`, { POST: complete });
}

const leaseJobs = bridgeRoute(JSON_BODY, async ({ context, bridge, body }) => {
  const request = parseWith(leaseRequestSchema, parseJson(body));
  const leases = unwrap(await siteStub(context.env, bridge.site).lease(bridge.bridgeId, request));
  return jsonResponse({ leases });
});

const idsQuerySchema = z.object({
  from: z.string().check(z.regex(/^[0-9]{1,9}$/, 'must be a whole number')),
  count: z.string().check(z.regex(/^[0-9]{1,9}$/, 'must be a whole number')),
});
const idsCountSchema = z.object({ count: z.int().check(z.minimum(1), z.maximum(MAX_IDS_PER_PAGE)) });

const readIds = jobRoute(NO_BODY, async ({ context, job, key }) => {
  const query = parseWith(idsQuerySchema, context.req.query());
  const { count } = parseWith(idsCountSchema, { count: Number(query.count) });
  const ids = unwrap(await job.ids(key, Number(query.from), count));
  return new Response(ids, { headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' } });
});

const renew = jobRoute(JSON_BODY, async ({ job, key, body }) => {
  const { progress } = parseWith(renewRequestSchema, parseJson(body));
  return jsonResponse(unwrap(await job.renew(key, progress.phase)));
});

const putChunk = jobRoute(SEGMENT_BODY, async ({ context, job, key, body }) => {
  const head = readChunkHead(context);
  return jsonResponse(unwrap(await job.putChunk(key, head, body)));
});

const seal = jobRoute(JSON_BODY, async ({ context, job, key, body }) => {
  const request = parseWith(sealRequestSchema, parseJson(body));
  return jsonResponse(unwrap(await job.seal(key, domainOf(context), request)));
});

const endDomain = jobRoute(JSON_BODY, async ({ context, job, key, body }) => {
  const request = parseWith(endDomainRequestSchema, parseJson(body));
  unwrap(await job.endDomain(key, domainOf(context), request));
  return done();
});

const aggregate = jobRoute(JSON_BODY, async ({ job, key, body }) => {
  unwrap(await job.aggregate(key, parseWith(aggregationRequestSchema, parseJson(body))));
  return done();
});

const finish = jobRoute(JSON_BODY, async ({ job, key, body }) => {
  unwrap(await job.finish(key, parseWith(finishRequestSchema, parseJson(body))));
  return done();
});

const fail = jobRoute(JSON_BODY, async ({ job, key, body }) => {
  unwrap(await job.fail(key, parseWith(failRequestSchema, parseJson(body))));
  return done();
});

const reportCancelled = jobRoute(JSON_BODY, async ({ job, key, body }) => {
  unwrap(await job.reportCancelled(key, parseWith(cancelledRequestSchema, parseJson(body))));
  return done();
});

const complete = jobRoute(COMPLETE_BODY, async ({ job, key, body }) => {
  const { head, segments } = splitComplete(body);
  unwrap(await job.complete(key, head, segments));
  return done();
});

function done(): Response {
  return new Response(null, { status: 204 });
}

function domainOf(context: EdgeContext): Domain {
  return parseWith(z.object({ domain: domainSchema }), { domain: context.req.param('domain') }).domain;
}

/** What is said of a chunk beside its bytes: its place in the path, the rest in headers. */
function readChunkHead(context: EdgeContext): ChunkHead {
  return parseWith(chunkHeadSchema, {
    domain: context.req.param('domain'),
    batch: wholeNumber(context.req.param('batch')),
    count: wholeNumber(context.req.header(CHUNK_COUNT_HEADER)),
    raw_bytes: wholeNumber(context.req.header(CHUNK_RAW_BYTES_HEADER)),
    crc32: wholeNumber(context.req.header(CHUNK_CRC32_HEADER)),
    sha256: context.req.header(CHUNK_SHA256_HEADER),
  });
}

/** What is no number stays as it is, for the schema to refuse. */
function wholeNumber(text: string | undefined): number | string | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : text;
}
