import type { CacheClass } from '#protocol/kind.ts';
import type { JobObject } from './job/job-object.ts';
import type { RateVariable } from './limits/rate-buckets.ts';
import type { RateLimitObject } from './limits/rate-limit-object.ts';
import type { SiteObject } from './site/site-object.ts';

/** Limits of calls in a time, by kind of call; 0 requests: no limit. */
type RateVariables = { readonly [Name in RateVariable]?: string };

/** For how long a complete result answers equal requests, by what ages alike; 0: never. */
type CacheVariables = { readonly [Class in CacheClass as `TRACE_${Uppercase<Class>}_CACHE_SECONDS`]?: string };

/** Bindings of the Worker as the platform gives them; `settings.ts` parses the variables. */
export interface Env extends RateVariables, CacheVariables {
  readonly JOB: DurableObjectNamespace<JobObject>;
  readonly SITE: DurableObjectNamespace<SiteObject>;
  readonly RATE_LIMIT: DurableObjectNamespace<RateLimitObject>;
  readonly ASSETS: Fetcher;
  /** Site ids, separated by commas; the first is the default. */
  readonly SITES: string;
  /** Public keys of bridges: JSON `[{"bridge_id","site","keys":[{"kid","x"}]}]`, two keys at most for rotation. */
  readonly BRIDGE_KEYS?: string;
  /** `local` in development: every caller is the owner `local`. Without it callers are refused. */
  readonly IDENTITY?: string;
  readonly LEASE_TTL_MS?: string;
  readonly TRACE_STREAM_BATCH_SIZE?: string;
  readonly TRACE_ASYNC_CID_THRESHOLD?: string;
  readonly TRACE_EVENTS_CID_LIMIT?: string;
  readonly TRACE_MSD_CID_LIMIT?: string;
  readonly QUERY_TOOL_MAX_CONTAINER_IDS?: string;
  /** Results of more ids answer nobody. */
  readonly TRACE_CACHE_SKIP_IDS?: string;
  readonly MAX_CONCURRENT_JOBS_PER_OWNER?: string;
  readonly JOB_DEADLINE_SECONDS_SEED_RESOLVE?: string;
  readonly JOB_DEADLINE_SECONDS_LINEAGE?: string;
  readonly JOB_DEADLINE_SECONDS_EVENTS?: string;
  readonly JOB_DEADLINE_SECONDS_QUERY_TOOL?: string;
}
