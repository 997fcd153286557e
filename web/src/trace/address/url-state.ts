import type { Profile } from '#protocol/domain.ts';
import { defaultEventDomains, EVENT_DOMAINS, PROFILES } from '#protocol/domain.ts';
import { jobIdSchema } from '#protocol/ids.ts';
import { DEFAULT_DIRECTION, PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import { WORKCENTER_GROUPS } from '#protocol/workcenter-group.ts';
import type { TextStorage } from '../../storage/page-storage.ts';
import { checkDays } from '../query/days-input.ts';
import { namedMembers } from '../named-members.ts';
import { storedView, storeView } from './stored-views.ts';
import type { TracePart } from '../part-list.ts';
import { readParts, writeParts } from '../part-list.ts';
import type { Cut } from '../trace-snapshot.ts';
import { CUTS } from '../trace-snapshot.ts';
import type { DaysQuery, LotsQuery, MachinesQuery, TraceQuery, ValuesQuery } from '../trace-query.ts';
import { directionsOf, MACHINE_RECORDS, modesOf } from '../trace-query.ts';
import type { FormDraft } from '../query/form-draft.ts';
import { NO_DRAFT, readDraft, writeDraft } from '../query/form-draft.ts';
import type { ViewState } from './view-state.ts';
import { FIRST_VIEW, readView, writeView } from './view-state.ts';

/** A result: what was asked, by which jobs it was answered, how it is looked at. */
export interface ResultState {
  readonly query: TraceQuery | undefined;
  readonly jobId: string | undefined;
  readonly lineageJobId: string | undefined;
  /** Jobs that found what came to the lineage later, as far as the records of `jobId` are of that as well. */
  readonly grownJobIds: readonly string[];
  /** Where the query of the job was cut; absent when it was not, as far as it is known. */
  readonly cuts?: readonly Cut[];
  /** All jobs of a trace that is read in parts, this one among them. */
  readonly parts?: readonly TracePart[];
  readonly view: ViewState;
}

/** Everything needed to open the page again. */
export interface UrlState extends ResultState {
  /** What the form holds besides the query. */
  readonly form: FormDraft;
}

/** A query that is still to be answered. */
export function unanswered(query: TraceQuery | undefined): UrlState {
  return { query, jobId: undefined, lineageJobId: undefined, grownJobIds: [], view: FIRST_VIEW, form: NO_DRAFT };
}

/** Longer addresses are cut by proxies and mail programs; query, form and view then go to the session's own storage. */
export const MAX_URL_CHARS = 2000;

/** Jobs of a lineage that has grown, that an address is believed. */
const MAX_GROWN_JOBS = 100;

/** The slot in which query, form and view are kept. */
const STORED_FLAG = '_s';

/** Reads the view from the search part of an address; what is malformed counts as absent. */
export function readUrlState(search: string, storage: TextStorage): UrlState {
  const own = new URLSearchParams(search);
  const slot = own.get(STORED_FLAG);
  const params = slot === null ? own : new URLSearchParams(storedView(slot, storage));
  const cuts = namedMembers(CUTS, own.get('cut'));
  const parts = readParts(own.get('parts'));
  return {
    query: readQuery(params),
    jobId: readJobId(own.get('job')),
    lineageJobId: readJobId(own.get('lineage')),
    grownJobIds: readJobIds(params.get('grown')),
    ...(cuts.length === 0 ? {} : { cuts }),
    ...(parts.length === 0 ? {} : { parts }),
    view: readView(params),
    form: readDraft(params),
  };
}

/** The search part of the address for a view, with its `?`; puts what is long into `storage`. */
export function writeUrlState(state: UrlState, storage: TextStorage): string {
  const whole = writeWholeState(state);
  if (whole.length <= MAX_URL_CHARS) return whole === '' ? '' : `?${whole}`;
  const jobs = jobParams(state);
  // What is typed, and how a result is looked at, may change behind the same address; what was asked may not.
  const subject = writeWholeState({ ...state, form: NO_DRAFT, view: FIRST_VIEW });
  const slot = storeView(subject, viewParams(state).toString(), storage);
  return `?${STORED_FLAG}=${slot}${jobs.size === 0 ? '' : `&${jobs.toString()}`}`;
}

/** The view in one text however long it is, without `?`; `readUrlState` reads it. */
export function writeWholeState(state: UrlState): string {
  return [viewParams(state).toString(), jobParams(state).toString()].filter((part) => part !== '').join('&');
}

function viewParams({ query, grownJobIds, form, view }: UrlState): URLSearchParams {
  const params = query === undefined ? new URLSearchParams() : writeQuery(query);
  writeDraft(form, params);
  if (grownJobIds.length > 0) params.set('grown', grownJobIds.slice(0, MAX_GROWN_JOBS).join(','));
  writeView(view, params);
  return params;
}

function jobParams({ jobId, lineageJobId, cuts = [], parts = [] }: UrlState): URLSearchParams {
  const params = new URLSearchParams();
  if (jobId !== undefined) params.set('job', jobId);
  if (lineageJobId !== undefined) params.set('lineage', lineageJobId);
  if (cuts.length > 0) params.set('cut', cuts.join(','));
  if (parts.length > 0) params.set('parts', writeParts(parts));
  return params;
}

function writeQuery(query: TraceQuery): URLSearchParams {
  return query.mode === 'machines' ? writeMachines(query) : writeLots(query);
}

function writeMachines({ mode, machines, startDate, endDate, records }: MachinesQuery): URLSearchParams {
  return new URLSearchParams({ mode, q: machines.join(','), from: startDate, to: endDate, records });
}

function writeLots(query: LotsQuery): URLSearchParams {
  const { profile, direction, followMerges } = query;
  const seeds: Record<string, string> =
    query.mode === 'container'
      ? { type: query.inputType, q: query.values.join(',') }
      : { mode: query.mode, from: query.startDate, to: query.endDate, groups: query.groups.join(',') };
  const params = new URLSearchParams({ ...seeds, profile });
  if (direction !== DEFAULT_DIRECTION[profile]) params.set('direction', direction);
  if (followMerges) params.set('merges', '1');
  const domains = query.domains.join(',');
  if (domains !== defaultEventDomains(profile, direction).join(',')) params.set('domains', domains);
  return params;
}

function readQuery(params: URLSearchParams): TraceQuery | undefined {
  return params.get('mode') === 'machines' ? readMachines(params) : readLots(params);
}

function readMachines(params: URLSearchParams): MachinesQuery | undefined {
  const machines = valuesOf(params);
  const [startDate, endDate] = [params.get('from') ?? '', params.get('to') ?? ''];
  if (machines.length === 0 || checkDays(startDate, endDate).trouble !== undefined) return undefined;
  const records = MACHINE_RECORDS.find((name) => name === params.get('records')) ?? MACHINE_RECORDS[0];
  return { mode: 'machines', machines, startDate, endDate, records };
}

function valuesOf(params: URLSearchParams): string[] {
  return (params.get('q') ?? '').split(',').filter((value) => value !== '');
}

function readLots(params: URLSearchParams): LotsQuery | undefined {
  const profile = PROFILES.find((name) => name === params.get('profile')) ?? 'query_tool';
  const mode = modesOf(profile).find((name) => name === params.get('mode')) ?? 'container';
  const seeds = mode === 'container' ? readValues(params, profile) : readDays(params);
  if (seeds === undefined) return undefined;
  const directions = directionsOf(profile);
  const direction = directions.find((name) => name === params.get('direction')) ?? DEFAULT_DIRECTION[profile];
  const domains = namedMembers(EVENT_DOMAINS, params.get('domains'));
  return {
    ...seeds,
    profile,
    direction,
    followMerges: direction === 'forward' && params.get('merges') === '1',
    domains: domains.length > 0 ? domains : defaultEventDomains(profile, direction),
  };
}

function readValues(
  params: URLSearchParams,
  profile: Profile,
): Pick<ValuesQuery, 'mode' | 'inputType' | 'values'> | undefined {
  const values = valuesOf(params);
  if (values.length === 0) return undefined;
  const types = PROFILE_INPUT_TYPES[profile];
  return { mode: 'container', inputType: types.find((name) => name === params.get('type')) ?? types[0], values };
}

function readDays(params: URLSearchParams): Pick<DaysQuery, 'mode' | 'startDate' | 'endDate' | 'groups'> | undefined {
  const [startDate, endDate] = [params.get('from') ?? '', params.get('to') ?? ''];
  const groups = namedMembers(WORKCENTER_GROUPS, params.get('groups'));
  if (checkDays(startDate, endDate).trouble !== undefined || groups.length === 0) return undefined;
  return { mode: 'date_range', startDate, endDate, groups };
}

function readJobId(value: string | null): string | undefined {
  const parsed = jobIdSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function readJobIds(list: string | null): string[] {
  const ids = (list ?? '').split(',').flatMap((value) => readJobId(value) ?? []);
  return [...new Set(ids)].slice(0, MAX_GROWN_JOBS);
}
