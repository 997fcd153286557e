import * as z from 'zod/mini';
import { seedWarningSchema } from '#protocol/trace.ts';
import type { TextStorage } from '../storage/page-storage.ts';
import { writeParts } from '../trace/part-list.ts';
import { NO_DRAFT } from '../trace/query/form-draft.ts';
import type { SeedFindings } from '../trace/trace-snapshot.ts';
import type { ResultState, UrlState } from '../trace/address/url-state.ts';
import { readUrlState, unanswered, writeWholeState } from '../trace/address/url-state.ts';

/** Views kept: the newest ones. */
const MAX_VIEWS = 100;
/** A view with a longer query is not kept: all of them share the few megabytes of the browser's storage. */
const MAX_VIEW_CHARS = 8000;
const STORAGE_KEY = 'lotstream.views';

/** Longer lists of what was not found are not kept. */
const MAX_FOUND_CHARS = 4000;

const foundSchema = z.object({
  count: z.number(),
  asked: z.number(),
  notFound: z.array(z.string()),
  expansion: z.record(z.string(), z.number()),
  warnings: z.array(seedWarningSchema),
});
const viewsSchema = z.array(z.object({ job: z.string(), view: z.string(), found: z.optional(foundSchema) }));
type Views = z.infer<typeof viewsSchema>;

/** A storage in which nothing was put: views that are kept whole need none. */
const NO_STORAGE: TextStorage = { getItem: () => null, setItem: () => false, removeItem: () => undefined };

/**
 * Keeps the query and the lineage that belong to a job: the edge knows neither by the job alone. What else was typed does
 * not belong to it. A bare link to a job that is known already takes nothing from it.
 */
export function rememberView(state: ResultState, storage: TextStorage): void {
  const views = readViews(storage);
  const next = withView(views, state);
  if (next !== views) writeViews(next, storage);
}

/** The newest first; the same views where there is nothing to keep. */
function withView(views: Views, state: ResultState): Views {
  const view = writeWholeState({ ...state, form: NO_DRAFT });
  if (state.jobId === undefined || view.length > MAX_VIEW_CHARS) return views;
  const known = views.find(({ job }) => job === state.jobId);
  if (state.query === undefined && known !== undefined) return views;
  return [{ job: state.jobId, view, found: known?.found }, ...views.filter((each) => each !== known)];
}

/** Keeps what a query found, and above all what it did not, beside the view of its job. */
export function rememberFound(jobId: string, found: SeedFindings, storage: TextStorage): void {
  if (JSON.stringify(found).length > MAX_FOUND_CHARS) return;
  const views = readViews(storage);
  const { count, asked, notFound, expansion, warnings } = found;
  const kept = { count, asked, notFound: [...notFound], expansion: { ...expansion }, warnings: [...warnings] };
  const all = views.map((each) => (each.job === jobId ? { ...each, found: kept } : each));
  writeViews(all, storage);
}

/** What the query of a job found; `undefined` where this browser does not know it. */
export function rememberedFound(jobId: string, storage: TextStorage): SeedFindings | undefined {
  return readViews(storage).find(({ job }) => job === jobId)?.found;
}

/** Where there is no room for them, the jobs are still there, without their queries. */
function writeViews(views: Views, storage: TextStorage): void {
  storage.setItem(STORAGE_KEY, JSON.stringify(views.slice(0, MAX_VIEWS)));
}

/** Keeps what belongs to the other parts of a trace as well: nobody may have opened them yet. */
export function rememberParts(state: ResultState, storage: TextStorage): void {
  const viewOf = rememberedViews(storage);
  const views = readViews(storage);
  let next = views;
  for (const { jobId } of state.parts ?? []) {
    if (jobId === undefined || jobId === state.jobId) continue;
    const { parts = [], view } = viewOf(jobId);
    if (writeParts(parts) !== writeParts(state.parts ?? [])) next = withView(next, { ...state, jobId, view });
  }
  if (next !== views) writeViews(next, storage);
}

/** Gives the view of a job; only the job itself where this browser does not know more. */
export function rememberedViews(storage: TextStorage): (jobId: string) => ResultState {
  const views = new Map(readViews(storage).map(({ job, view }) => [job, view]));
  return (jobId) => {
    const view = views.get(jobId);
    const state = view === undefined ? undefined : readUrlState(view, NO_STORAGE);
    const { form: _, ...known } = state ?? unanswered(undefined);
    return { ...known, jobId };
  };
}

/** What a link to a job says, and what this browser knows of the job besides; what the link says counts. */
export function withRemembered(state: UrlState, storage: TextStorage): UrlState {
  if (state.jobId === undefined || state.query !== undefined) return state;
  const known = rememberedViews(storage)(state.jobId);
  const { lineageJobId, grownJobIds } = state.lineageJobId === undefined ? known : state;
  const [cuts, parts] = [state.cuts ?? known.cuts, state.parts ?? known.parts];
  const saysView = writeWholeState({ ...unanswered(undefined), view: state.view }) !== '';
  return {
    query: known.query,
    jobId: state.jobId,
    lineageJobId,
    grownJobIds,
    ...(cuts === undefined ? {} : { cuts }),
    ...(parts === undefined ? {} : { parts }),
    view: saysView ? state.view : known.view,
    form: state.form,
  };
}

function readViews(storage: TextStorage): Views {
  try {
    const parsed = viewsSchema.safeParse(JSON.parse(storage.getItem(STORAGE_KEY) ?? '[]'));
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}
