import type { EventDomain } from '#protocol/domain.ts';
import { DEFAULT_EVENT_DOMAINS, EVENT_DOMAINS, PROFILES } from '#protocol/domain.ts';
import { jobIdSchema } from '#protocol/ids.ts';
import { PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import type { TraceQuery } from './trace-query.ts';

/** Everything needed to open this view again. */
export interface UrlState {
  readonly query: TraceQuery | undefined;
  readonly jobId: string | undefined;
  readonly lineageJobId: string | undefined;
}

/** Longer addresses are cut by proxies and mail programs; the query then goes to the session's own storage. */
export const MAX_URL_CHARS = 2000;

/** The part of `sessionStorage` that is needed. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const STORED_QUERY_KEY = 'lotstream.query';
const STORED_FLAG = '_s';

/** Reads the view from the search part of an address; what is malformed counts as absent. */
export function readUrlState(search: string, storage: TextStorage): UrlState {
  const own = new URLSearchParams(search);
  const params = own.get(STORED_FLAG) === '1' ? new URLSearchParams(storage.getItem(STORED_QUERY_KEY) ?? '') : own;
  return {
    query: readQuery(params),
    jobId: readJobId(own.get('job')),
    lineageJobId: readJobId(own.get('lineage')),
  };
}

/** The search part of the address for a view, with its `?`; puts a long query into `storage`. */
export function writeUrlState(state: UrlState, storage: TextStorage): string {
  const jobs = new URLSearchParams();
  if (state.jobId !== undefined) jobs.set('job', state.jobId);
  if (state.lineageJobId !== undefined) jobs.set('lineage', state.lineageJobId);
  const query = state.query === undefined ? new URLSearchParams() : writeQuery(state.query);
  const whole = [query.toString(), jobs.toString()].filter((part) => part !== '').join('&');
  if (whole.length <= MAX_URL_CHARS) return whole === '' ? '' : `?${whole}`;
  storage.setItem(STORED_QUERY_KEY, query.toString());
  return `?${STORED_FLAG}=1${jobs.size === 0 ? '' : `&${jobs.toString()}`}`;
}

function writeQuery(query: TraceQuery): URLSearchParams {
  const params = new URLSearchParams({ type: query.inputType, q: query.values.join(','), profile: query.profile });
  const domains = query.domains.join(',');
  if (domains !== DEFAULT_EVENT_DOMAINS[query.profile].join(',')) params.set('domains', domains);
  return params;
}

function readQuery(params: URLSearchParams): TraceQuery | undefined {
  const values = (params.get('q') ?? '').split(',').filter((value) => value !== '');
  if (values.length === 0) return undefined;
  const profile = PROFILES.find((name) => name === params.get('profile')) ?? 'query_tool';
  const types = PROFILE_INPUT_TYPES[profile];
  const named = new Set(params.get('domains')?.split(','));
  const domains = EVENT_DOMAINS.filter((domain): domain is EventDomain => named.has(domain));
  return {
    inputType: types.find((name) => name === params.get('type')) ?? types[0],
    values,
    profile,
    domains: domains.length > 0 ? domains : DEFAULT_EVENT_DOMAINS[profile],
  };
}

function readJobId(value: string | null): string | undefined {
  const parsed = jobIdSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
