import * as z from 'zod/mini';
import { writeParts } from '../trace/part-list.ts';
import type { TextStorage, UrlState } from '../trace/url-state.ts';
import { readUrlState, writeWholeState } from '../trace/url-state.ts';
import { FIRST_VIEW } from '../trace/view-state.ts';

/** Views kept: the newest ones. */
const MAX_VIEWS = 100;
/** A view with a longer query is not kept: all of them share the few megabytes of the browser's storage. */
const MAX_VIEW_CHARS = 8000;
const STORAGE_KEY = 'lotstream.views';

const viewsSchema = z.array(z.object({ job: z.string(), view: z.string() }));
type Views = z.infer<typeof viewsSchema>;

/** A storage in which nothing was put: views that are kept whole need none. */
const NO_STORAGE: TextStorage = { getItem: () => null, setItem: () => undefined };

/**
 * Keeps the query and the lineage that belong to a job: the edge knows neither by the job alone. A bare link to a job that
 * is known already takes nothing from it.
 */
export function rememberView(state: UrlState, storage: TextStorage): void {
  const view = writeWholeState(state);
  if (state.jobId === undefined || view.length > MAX_VIEW_CHARS) return;
  const views = readViews(storage);
  if (state.query === undefined && views.some(({ job }) => job === state.jobId)) return;
  const others = views.filter(({ job }) => job !== state.jobId);
  try {
    storage.setItem(STORAGE_KEY, JSON.stringify([{ job: state.jobId, view }, ...others].slice(0, MAX_VIEWS)));
  } catch {
    // The storage is full or closed to this page: the job is still there, without its query.
  }
}

/** Keeps what belongs to the other parts of a trace as well: nobody may have opened them yet. */
export function rememberParts(state: UrlState, storage: TextStorage): void {
  const viewOf = rememberedViews(storage);
  for (const { jobId } of state.parts ?? []) {
    if (jobId === undefined || jobId === state.jobId) continue;
    const { parts = [], view } = viewOf(jobId);
    if (writeParts(parts) !== writeParts(state.parts ?? [])) rememberView({ ...state, jobId, view }, storage);
  }
}

/** Gives the view of a job; only the job itself where this browser does not know more. */
export function rememberedViews(storage: TextStorage): (jobId: string) => UrlState {
  const views = new Map(readViews(storage).map(({ job, view }) => [job, view]));
  return (jobId) => {
    const view = views.get(jobId);
    const state = view === undefined ? undefined : readUrlState(view, NO_STORAGE);
    return { lineageJobId: undefined, view: FIRST_VIEW, query: undefined, ...state, jobId };
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
