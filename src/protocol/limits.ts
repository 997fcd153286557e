/** Every limit that both ends of a wire must agree on. Units are in the names. */

/** Records of one chunk, unless `TRACE_STREAM_BATCH_SIZE` says less. */
export const DEFAULT_BATCH_RECORDS = 5000;
/** Upper bound of `TRACE_STREAM_BATCH_SIZE`. */
export const MAX_BATCH_RECORDS = 5000;
/** Raw NDJSON line of a chunk, newline included. A batch that would be larger is halved by the bridge. */
export const MAX_CHUNK_RAW_BYTES = 8 * 1024 * 1024;
/** Stored deflate segment: a Durable Object row may hold 2 MB. */
export const MAX_SEGMENT_BYTES = 1_900_000;
/** A control line that becomes an entry of the log (aggregation is the largest). */
export const MAX_CONTROL_LINE_BYTES = 1_900_000;
/** Chunks of one domain that may be staged or in flight. */
export const MAX_STAGED_CHUNKS = 8;
/** Container ids of one range, the unit of resume and of one statement execution. */
export const MAX_RANGE_IDS = 1000;
/** Body of a POST with inline ids; about 200,000 of them. */
export const MAX_INLINE_BODY_BYTES = 4 * 1024 * 1024;
/** A sentence about what went wrong, from a bridge. */
export const MAX_DETAIL_CHARS = 500;
/** JSON body of a bridge call that is not a chunk. */
export const MAX_BRIDGE_BODY_BYTES = 2 * 1024 * 1024;
/** Body of `complete`: one chunk a domain, an aggregation and a head. */
export const MAX_COMPLETE_BODY_BYTES = 8 * 1024 * 1024;
/** Container ids of one `GET …/ids` answer (8 bytes each). */
export const MAX_IDS_PER_PAGE = 20_000;
/** Container ids a job can have at all, inline or by reference. */
export const MAX_JOB_IDS = 500_000;
/** Records of an interactive job, and of an answer in one body that is not a stream. */
export const MAX_INTERACTIVE_RECORDS = 5000;
/** Ids of an `events` job that still runs in the interactive lane. */
export const MAX_INTERACTIVE_IDS = 1000;
/** `limit` of one `/result` page. */
export const MAX_PAGE_RECORDS = 5000;
/** Nodes of a lineage that is answered in one body. */
export const MAX_INLINE_LINEAGE_NODES = 5000;
/** Values of one seed-resolve call. */
export const MAX_SEED_VALUES = 1000;
/** One seed value, in characters. */
export const MAX_SEED_VALUE_CHARS = 100;
/** Literal characters a seed pattern needs; a bridge may want more (`CONTAINER_RESOLVE_PATTERN_MIN_PREFIX_LEN`). */
export const MIN_PATTERN_LITERAL_CHARS = 2;
/** Days of a date range whose containers become seeds. */
export const MAX_DETECTION_DAYS = 730;
/** Length of an `Idempotency-Key`, in characters. */
export const MAX_IDEMPOTENCY_KEY_CHARS = 200;
/** One control message on the bridge's WebSocket. */
export const MAX_CONTROL_MESSAGE_BYTES = 64 * 1024;
/** Entries of one `/manifest` or `/jobs` answer. */
export const MAX_JOBS_PER_PAGE = 100;

/** Rows of a page of the query tool, unless the caller says otherwise. */
export const DEFAULT_ROWS_PER_PAGE = 200;
/** `per_page` of the query tool. */
export const MAX_ROWS_PER_PAGE = 500;
/** Machines of one query. */
export const MAX_EQUIPMENT_IDS = 100;
/** Days between the two ends of a period. */
export const MAX_PERIOD_DAYS = 730;
/** Hours on either side of the time that adjacent lots are looked for. */
export const DEFAULT_WINDOW_HOURS = 24;
export const MAX_WINDOW_HOURS = 168;
/** Values of one look-up of lots' machines, and how many generations it may go up. */
export const MAX_LOOKUP_VALUES = 100;
export const MAX_PARENT_LEVELS = 10;
/** Lots or orders whose materials are asked for, and material lots whose uses are. */
export const MAX_MATERIAL_VALUES = 200;
export const MAX_MATERIAL_LOTS = 50;
/** Groups of work centers that a query may be cut down to. */
export const MAX_WORKCENTER_GROUPS = 50;
/** The whole split and merge history reads tables without an index: it runs in the batch lane, and so long at most. */
export const FULL_HISTORY_SECONDS = 120;

/** A lease ends this long after it was granted or renewed; `LEASE_TTL_MS` overrides it. */
export const DEFAULT_LEASE_TTL_MS = 30_000;
/** Part of its TTL after which a bridge that could not renew gives its lease up by itself. */
export const LEASE_GIVE_UP_RATIO = 0.8;
/** Leases without any seal before a job fails `LEASE_EXHAUSTED`. */
export const MAX_LEASES_WITHOUT_PROGRESS = 8;
/** A waiting POST, and the deadline of interactive jobs. */
export const INTERACTIVE_DEADLINE_MS = 55_000;
/** A long-poll of the job status waits at most this long. */
export const MAX_STATUS_WAIT_MS = 25_000;
/** A stream says `progress` at least this often: it is how the edge notices a dead reader. */
export const STREAM_HEARTBEAT_MS = 10_000;
/** … and at most this often. */
export const PROGRESS_INTERVAL_MS = 1000;
/** How long the terminal line of a cancelled job waits for the bridge's report. */
export const CANCEL_REPORT_MS = 5000;
/** A bridge token lives at most this long. */
export const MAX_BRIDGE_TOKEN_SECONDS = 60;
