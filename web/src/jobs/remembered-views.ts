import * as z from 'zod/mini';
import { seedWarningSchema } from '#protocol/trace.ts';
import type { TextStorage } from '../storage/page-storage.ts';
import { writeParts } from '../trace/part-list.ts';
import { NO_DRAFT } from '../trace/query/form-draft.ts';
import type { SeedFindings } from '../trace/trace-snapshot.ts';
import type { ResultState, UrlState } from '../trace/url-state.ts';
import { readUrlState, writeWholeState } from '../trace/url-state.ts';
import { FIRST_VIEW } from '../trace/view-state.ts';

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
  const view = writeWholeState({ ...state, form: NO_DRAFT });
  if (state.jobId === undefined || view.length > MAX_VIEW_CHARS) return;
  const views = readViews(storage);
  if (state.query === undefined && views.some(({ job }) => job === state.jobId)) return;
  const others = views.filter(({ job }) => job !== state.jobId);
  const found = views.find(({ job }) => job === state.jobId)?.found;
  writeViews([{ job: state.jobId, view, found }, ...others], storage);
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
  for (const { jobId } of state.parts ?? []) {
    if (jobId === undefined || jobId === state.jobId) continue;
    const { parts = [], view } = viewOf(jobId);
    if (writeParts(parts) !== writeParts(state.parts ?? [])) rememberView({ ...state, jobId, view }, storage);
  }
}

const NOTHING_KNOWN: UrlState = {
  query: undefined,
  jobId: undefined,
  lineageJobId: undefined,
  grownJobIds: [],
  view: FIRST_VIEW,
  form: NO_DRAFT,
};

/** Gives the view of a job; only the job itself where this browser does not know more. */
export function rememberedViews(storage: TextStorage): (jobId: string) => ResultState {
  const views = new Map(readViews(storage).map(({ job, view }) => [job, view]));
  return (jobId) => {
    const view = views.get(jobId);
    const state = view === undefined ? undefined : readUrlState(view, NO_STORAGE);
    const { form: _, ...known } = state ?? NOTHING_KNOWN;
    return { ...known, jobId };
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
