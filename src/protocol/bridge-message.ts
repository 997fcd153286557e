import * as z from 'zod/mini';
import { domainSchema } from './domain.ts';
import { jobIdSchema, sha256Schema } from './ids.ts';
import { databaseOutcomeSchema } from './job.ts';
import { laneSchema } from './kind.ts';
import { snapshotMomentSchema } from './lease.ts';
import { MAX_CHUNK_RAW_BYTES, MAX_DETAIL_CHARS, MAX_SEGMENT_BYTES } from './limits.ts';
import { problemCodeSchema } from './problem.ts';

/** What a bridge and the edge say to each other: messages of the control WebSocket, bodies of the HTTP calls. */
const count = z.int().check(z.nonnegative());
const positive = z.int().check(z.positive());
export const bridgeIdSchema = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be a bridge id'));
export const slotsSchema = z.object({ interactive: count, batch: count });
export type Slots = z.infer<typeof slotsSchema>;

// Control socket, bridge → edge.

export const helloMessageSchema = z.object({
  type: z.literal('hello'),
  bridge_id: bridgeIdSchema,
  /** New for every start of the daemon: leases of an older one end at once. */
  boot_id: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  version: z.string(),
  /** 0: older than any that was released. */
  protocol: count,
  slots: slotsSchema,
  warehouse: z.string(),
});
export const statusMessageSchema = z.object({
  type: z.literal('status'),
  in_flight: count,
  free: slotsSchema,
  rss_bytes: count,
  draining: z.boolean(),
});
export const bridgeToEdgeSchema = z.discriminatedUnion('type', [helloMessageSchema, statusMessageSchema]);
export type BridgeToEdge = z.infer<typeof bridgeToEdgeSchema>;

// Control socket, edge → bridge.

export const offerMessageSchema = z.object({ type: z.literal('offer'), job_id: jobIdSchema, lane: laneSchema });
export const cancelMessageSchema = z.object({ type: z.literal('cancel'), job_id: jobIdSchema, epoch: positive });
export const drainMessageSchema = z.object({ type: z.literal('drain') });
export const edgeToBridgeSchema = z.discriminatedUnion('type', [
  offerMessageSchema,
  cancelMessageSchema,
  drainMessageSchema,
]);
export type EdgeToBridge = z.infer<typeof edgeToBridgeSchema>;

/** Text that the edge answers by itself, without waking the Site object. */
export const PING_TEXT = 'ping';
export const PONG_TEXT = 'pong';

/** The edge closes a control socket with this code when another start of the daemon says hello under its bridge id. */
export const CLOSE_OTHER_DAEMON = 4002;

// HTTP.

export const leaseRequestSchema = z.strictObject({
  /** New for every attempt; the same one again gets the same leases while they hold. */
  request_id: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  boot_id: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  slots: slotsSchema,
});
export type LeaseRequest = z.infer<typeof leaseRequestSchema>;
/** Each lease is read for itself: one of a job that the bridge does not understand takes nothing from the others. */
export const leaseAnswerSchema = z.object({ leases: z.array(z.unknown()) });

export const renewRequestSchema = z.strictObject({
  progress: z.strictObject({ phase: z.string().check(z.maxLength(64)) }),
});
export const renewAnswerSchema = z.object({ ttl_ms: positive, cancelled: z.boolean() });

/** On every answer with a body: its SHA-256, lower-case hex. Of container ids nothing else could tell a changed one. */
export const ANSWER_SHA256_HEADER = 'lotstream-answer-sha256';

/** Headers of `PUT …/domains/{d}/chunks/{batch}`; the body is the segment. */
export const CHUNK_COUNT_HEADER = 'lotstream-count';
export const CHUNK_RAW_BYTES_HEADER = 'lotstream-raw-bytes';
export const CHUNK_CRC32_HEADER = 'lotstream-crc32';
export const CHUNK_SHA256_HEADER = 'lotstream-sha256';

/** One chunk without its bytes. CRC-32 and SHA-256 are of the raw line, newline included. */
export const chunkHeadSchema = z.strictObject({
  domain: domainSchema,
  batch: positive,
  count: positive,
  raw_bytes: positive.check(z.maximum(MAX_CHUNK_RAW_BYTES)),
  crc32: count.check(z.maximum(0xffff_ffff)),
  sha256: sha256Schema,
});
export type ChunkHead = z.infer<typeof chunkHeadSchema>;

/** `credit`: chunks of this domain that may still be sent before a seal. */
export const putAnswerSchema = z.object({ credit: count });

/** A range of ids becomes visible, whole or not at all. No `last_batch`: the range had no record. */
export const sealRequestSchema = z.strictObject({
  first_batch: positive,
  last_batch: z.optional(positive),
  /** Ids of the sorted list done with this range, from its beginning. */
  ids_to: count,
  records: count,
  /** Containers of the range with at least one record. */
  containers_found: count,
  /** Of the snapshot the range was read from, where it has a name: one for all seals of a generation. */
  moment: z.optional(snapshotMomentSchema),
});
export type SealRequest = z.infer<typeof sealRequestSchema>;
export const sealAnswerSchema = z.object({ credit: count });

export const endDomainRequestSchema = z.strictObject({
  status: z.enum(['complete', 'truncated', 'failed']),
  code: z.optional(z.string()),
  detail: z.optional(z.string().check(z.maxLength(MAX_DETAIL_CHARS))),
  totals: z.strictObject({ records: count, batches: count }),
});
export type EndDomainRequest = z.infer<typeof endDomainRequestSchema>;

export const aggregationRequestSchema = z.record(z.string(), z.unknown());

/** Totals of all domains; the edge compares them with its log. */
export const finishRequestSchema = z.strictObject({ records: count });
export type FinishRequest = z.infer<typeof finishRequestSchema>;

export const failRequestSchema = z.strictObject({
  code: problemCodeSchema,
  detail: z.string().check(z.maxLength(MAX_DETAIL_CHARS)),
  retryable: z.boolean(),
});
export type FailRequest = z.infer<typeof failRequestSchema>;

export const cancelledRequestSchema = z.strictObject({ database: databaseOutcomeSchema });
export type CancelledRequest = z.infer<typeof cancelledRequestSchema>;

/**
 * Head of `complete`: a whole interactive job in one call. The body is a 4-byte big-endian length of this head, the head
 * as JSON, then the segments in the order of `domains`.
 */
export const completeHeadSchema = z.strictObject({
  domains: z
    .array(
      z.strictObject({
        domain: domainSchema,
        chunk: z.optional(
          z.strictObject({
            count: positive,
            raw_bytes: positive.check(z.maximum(MAX_CHUNK_RAW_BYTES)),
            crc32: count.check(z.maximum(0xffff_ffff)),
            sha256: sha256Schema,
            segment_bytes: positive.check(z.maximum(MAX_SEGMENT_BYTES)),
          }),
        ),
        /** Container ids done, as in a seal; of a failed domain how far it came. */
        ids_to: count,
        containers_found: count,
        status: z.enum(['complete', 'truncated', 'failed']),
        code: z.optional(z.string()),
        detail: z.optional(z.string().check(z.maxLength(MAX_DETAIL_CHARS))),
      }),
    )
    .check(z.minLength(1)),
  aggregation: z.optional(aggregationRequestSchema),
});
export type CompleteHead = z.infer<typeof completeHeadSchema>;

/** Claims of the Ed25519 token on every bridge call, besides `iss` (bridge id), `aud`, `iat` and `exp`. */
export const bridgeTokenClaimsSchema = z.object({
  iss: bridgeIdSchema,
  method: z.string(),
  /** Path and query of the call. */
  path: z.string(),
  /** SHA-256 of the body, hex; of the empty string where there is none. */
  body_sha256: sha256Schema,
});
export const BRIDGE_TOKEN_AUDIENCE = 'lotstream-edge';
