import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JobState, JobStatus } from '#protocol/job.ts';
import { fetchJobs, pollAfterMs, secondsLeft } from '../../web/src/jobs/job-list.ts';
import {
  rememberedFound,
  rememberedViews,
  rememberFound,
  rememberParts,
  rememberView,
  withRemembered,
} from '../../web/src/jobs/remembered-views.ts';
import type { TracePart } from '../../web/src/trace/part-list.ts';
import { formatAgo } from '../../web/src/i18n/format.ts';
import { guardStorage } from '../../web/src/storage/page-storage.ts';
import type { TextStorage } from '../../web/src/storage/page-storage.ts';
import { NO_DRAFT } from '../../web/src/trace/query/form-draft.ts';
import type { ResultState, UrlState } from '../../web/src/trace/address/url-state.ts';
import type { SeedFindings } from '../../web/src/trace/trace-snapshot.ts';
import { FIRST_VIEW } from '../../web/src/trace/address/view-state.ts';
import type { ValuesQuery } from '../../web/src/trace/trace-query.ts';

function idOf(index: number): string {
  return index.toString(16).padStart(64, '0');
}

function jobOf(index: number, state: JobState, records = 0): JobStatus {
  return {
    job_id: idOf(index),
    kind: 'events',
    lane: 'batch',
    profile: 'query_tool',
    site: 'fab1',
    state,
    generation: 1,
    cid_count: 10,
    domains: {},
    progress: { percent: 10, records, bytes: 0, records_per_second: null, eta_seconds: null, phase: 'events' },
    created_at: '2026-03-18T02:00:00Z',
    deadline_at: '2026-03-18T03:00:00Z',
    stream_url: `/api/trace/job/${idOf(index)}/stream`,
    result_url: `/api/trace/job/${idOf(index)}/result`,
  };
}

afterEach(() => vi.unstubAllGlobals());

/** Answers calls by their path, and notes them. */
function answer(bodies: Readonly<Record<string, unknown>>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    const body = bodies[path];
    return body === undefined ? new Response('gone', { status: 500 }) : Response.json(body);
  });
  return asked;
}

const signal = () => new AbortController().signal;
const isKnown = () => true;

describe('the list of jobs', () => {
  it('has those that run as they are now, and asks for no other one', async () => {
    const asked = answer({
      '/api/trace/jobs?limit=50': { jobs: [jobOf(2, 'running', 10), jobOf(1, 'succeeded', 30)], next_cursor: 'c1' },
      [`/api/trace/job/${idOf(2)}`]: jobOf(2, 'succeeded', 40),
    });
    const list = await fetchJobs(undefined, isKnown, signal());
    expect(list.jobs.map((job) => [job.state, job.progress.records])).toEqual([
      ['succeeded', 40],
      ['succeeded', 30],
    ]);
    expect(list.next_cursor).toBe('c1');
    expect(asked.length).toBe(2);
  });

  it('goes on from a cursor, keeps what the list said where a status cannot be had, and asks for few', async () => {
    const running = Array.from({ length: 9 }, (_, index) => jobOf(index, 'running', index));
    const asked = answer({ '/api/trace/jobs?limit=50&cursor=c1': { jobs: running } });
    const list = await fetchJobs('c1', isKnown, signal());
    expect(list.jobs.map((job) => job.progress.records)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(asked.length).toBe(1 + 5);
  });

  it('asks those that have ended and are not known here what they read, few of them, and each once', async () => {
    const jobs = Array.from({ length: 14 }, (_, index) => jobOf(100 + index, 'succeeded', index));
    const domains = { holds: { records: 1, ids_done: 1, ids: 1, ended: true } };
    const history = { records: 5, ids_done: 1, ids: 1, ended: true };
    const bodies = {
      '/api/trace/jobs?limit=50': { jobs },
      ...Object.fromEntries(
        jobs.map((job) => [`/api/trace/job/${job.job_id}`, { ...job, domains: { ...domains, history } }]),
      ),
    };
    const asked = answer(bodies);
    const known = (jobId: string) => jobId === idOf(100);
    for (let look = 0; look < 2; look++) {
      const list = await fetchJobs(undefined, known, signal());
      const sets = list.jobs.map(({ recordSets }) => recordSets?.join());
      expect(sets).toEqual([
        undefined,
        ...Array.from({ length: 10 }, () => 'history,holds'),
        undefined,
        undefined,
        undefined,
      ]);
    }
    expect(asked.length).toBe(2 + 10);
  });

  it('is looked at again only while something runs, and less often the longer it is', () => {
    const [live, over] = [{ jobs: [jobOf(1, 'queued')] }, { jobs: [jobOf(2, 'failed'), jobOf(3, 'expired')] }];
    expect(pollAfterMs(undefined)).toBe(false);
    expect(pollAfterMs([over, { jobs: [] }])).toBe(false);
    const one = pollAfterMs([live]);
    expect(one).toBeGreaterThan(1000);
    expect(pollAfterMs([over, live])).toBe(2 * Number(one));
    const asked = { ...jobOf(4, 'cancelled'), database: 'pending' } as const;
    expect(pollAfterMs([{ jobs: [asked] }])).toBe(one);
    expect(pollAfterMs([{ jobs: [{ ...asked, database: 'confirmed' }] }])).toBe(false);
  });

  it('knows how long a result is still there', () => {
    const now = Date.parse('2026-03-18T02:00:00Z');
    const expires_at = '2026-03-18T02:42:30Z';
    expect(secondsLeft({ state: 'succeeded', expires_at }, now)).toBe(2550);
    expect(secondsLeft({ state: 'succeeded', expires_at }, now + 3_600_000)).toBe(0);
    expect(secondsLeft({ state: 'expired', expires_at }, now)).toBeUndefined();
    expect(secondsLeft({ state: 'running' }, now)).toBeUndefined();
  });
});

class MapStorage implements TextStorage {
  readonly kept = new Map<string, string>();

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): boolean {
    this.kept.set(key, value);
    return true;
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

const QUERY: ValuesQuery = {
  mode: 'container',
  inputType: 'lot_id',
  values: ['GA26011704-A00-003'],
  profile: 'query_tool',
  direction: 'forward',
  followMerges: false,
  domains: ['history', 'holds'],
};

describe('the views that this browser remembers', () => {
  it('give a job its query and its lineage back, also one too long for an address', () => {
    const storage = new MapStorage();
    const long = { ...QUERY, values: Array.from({ length: 300 }, (_, index) => `GA26011704-A${index}`) };
    const states: ResultState[] = [
      {
        query: QUERY,
        jobId: idOf(1),
        lineageJobId: idOf(2),
        grownJobIds: [idOf(4)],
        cuts: ['lots'],
        view: { ...FIRST_VIEW, tab: 'holds' },
      },
      { query: long, jobId: idOf(3), lineageJobId: undefined, grownJobIds: [], view: FIRST_VIEW },
    ];
    for (const state of states) rememberView(state, storage);
    const viewOf = rememberedViews(storage);
    for (const state of states) expect(viewOf(state.jobId ?? '')).toEqual(state);
    expect(viewOf(idOf(9))).toEqual({
      query: undefined,
      jobId: idOf(9),
      lineageJobId: undefined,
      grownJobIds: [],
      view: FIRST_VIEW,
    });
  });

  it('give the other parts of a trace its query too, and what each was looked at with', () => {
    const storage = new MapStorage();
    const part = (n: number, jobId?: string): TracePart => ({ range: { from: n * 10, to: n * 10 + 10 }, jobId });
    const of = (jobId: string, parts: readonly TracePart[], view = FIRST_VIEW): ResultState => ({
      query: QUERY,
      jobId,
      lineageJobId: idOf(9),
      grownJobIds: [],
      parts,
      view,
    });
    const holds = { ...FIRST_VIEW, tab: 'holds' };
    const first = [part(0, idOf(1)), part(1, idOf(2)), part(2)];
    rememberParts(of(idOf(1), first), storage);
    rememberView(of(idOf(2), first, holds), storage);
    const all = [part(0, idOf(1)), part(1, idOf(2)), part(2, idOf(3))];
    rememberParts(of(idOf(1), all, holds), storage);
    const viewOf = rememberedViews(storage);
    expect(viewOf(idOf(2))).toEqual(of(idOf(2), all, holds));
    expect(viewOf(idOf(3))).toEqual(of(idOf(3), all));
  });

  it('keep the query of a job that is opened by its bare link', () => {
    const storage = new MapStorage();
    const state = { query: QUERY, jobId: idOf(1), lineageJobId: idOf(2), grownJobIds: [], view: FIRST_VIEW };
    rememberView(state, storage);
    rememberView(
      { query: undefined, jobId: idOf(1), lineageJobId: undefined, grownJobIds: [], view: FIRST_VIEW },
      storage,
    );
    expect(rememberedViews(storage)(idOf(1))).toEqual(state);
  });

  it('add to a bare link what is known of its job, and nothing to what the link says itself', () => {
    const storage = new MapStorage();
    const parts: TracePart[] = [{ range: { from: 0, to: 10 }, jobId: idOf(1) }];
    const state: ResultState = {
      query: QUERY,
      jobId: idOf(1),
      lineageJobId: idOf(2),
      grownJobIds: [idOf(4)],
      cuts: ['lots'],
      parts,
      view: { ...FIRST_VIEW, tab: 'holds' },
    };
    rememberView(state, storage);
    const bare: UrlState = {
      query: undefined,
      jobId: idOf(1),
      lineageJobId: undefined,
      grownJobIds: [],
      view: FIRST_VIEW,
      form: NO_DRAFT,
    };
    expect(withRemembered(bare, storage)).toEqual({ ...state, form: NO_DRAFT });
    const said = { ...bare, lineageJobId: idOf(3), cuts: ['lineage'] as const, view: { ...FIRST_VIEW, tab: 'jobs' } };
    expect(withRemembered(said, storage)).toEqual({ ...said, query: QUERY, parts });
    const other = { ...bare, jobId: idOf(9) };
    expect(withRemembered(other, storage)).toEqual(other);
    const whole = { ...bare, query: QUERY };
    expect(withRemembered(whole, storage)).toBe(whole);
  });

  it('are written once for all parts of a trace', () => {
    const storage = new MapStorage();
    let writes = 0;
    const counting: TextStorage = {
      getItem: (key) => storage.getItem(key),
      setItem(key, value) {
        writes++;
        return storage.setItem(key, value);
      },
      removeItem: (key) => storage.removeItem(key),
    };
    const parts = [0, 1, 2].map((n): TracePart => ({ range: { from: n * 10, to: n * 10 + 10 }, jobId: idOf(n + 1) }));
    rememberParts(
      { query: QUERY, jobId: idOf(1), lineageJobId: idOf(9), grownJobIds: [], parts, view: FIRST_VIEW },
      counting,
    );
    expect(writes).toBe(1);
    expect(rememberedViews(storage)(idOf(3)).query).toEqual(QUERY);
  });

  it('have beside them what was found and what was not, as long as that is short', () => {
    const storage = new MapStorage();
    const state = { query: QUERY, jobId: idOf(1), lineageJobId: idOf(2), grownJobIds: [], view: FIRST_VIEW };
    const found: SeedFindings = {
      count: 2,
      asked: 2,
      notFound: ['XX-1'],
      expansion: { 'GA*': 2 },
      warnings: [{ code: 'PATTERN_CUT', value: 'GA*', given: 2 }],
    };
    rememberFound(idOf(1), found, storage);
    expect(rememberedFound(idOf(1), storage)).toBeUndefined();
    rememberView(state, storage);
    rememberFound(idOf(1), found, storage);
    rememberView({ ...state, view: { ...FIRST_VIEW, tab: 'holds' } }, storage);
    expect(rememberedFound(idOf(1), storage)).toEqual(found);
    expect(rememberedFound(idOf(2), storage)).toBeUndefined();
    rememberView({ ...state, jobId: idOf(3) }, storage);
    rememberFound(idOf(3), { ...found, notFound: ['X'.repeat(5000)] }, storage);
    expect(rememberedFound(idOf(3), storage)).toBeUndefined();
  });

  it('are the newest hundred, each once', () => {
    const storage = new MapStorage();
    const remember = (index: number) =>
      rememberView(
        { query: QUERY, jobId: idOf(index), lineageJobId: undefined, grownJobIds: [], view: FIRST_VIEW },
        storage,
      );
    for (let index = 0; index < 100; index++) remember(index);
    remember(0);
    remember(100);
    const known = (index: number) => rememberedViews(storage)(idOf(index)).query !== undefined;
    expect([known(0), known(1), known(2), known(100)]).toEqual([true, false, true, true]);
  });

  it('leave out what is too long, and do without a storage that is full or holds nonsense', () => {
    const storage = new MapStorage();
    const huge = { ...QUERY, values: Array.from({ length: 2000 }, (_, index) => `GA26011704-A${index}`) };
    rememberView({ query: huge, jobId: idOf(1), lineageJobId: undefined, grownJobIds: [], view: FIRST_VIEW }, storage);
    expect(storage.kept.size).toBe(0);
    storage.setItem('lotstream.views', '{"no');
    expect(rememberedViews(storage)(idOf(1)).query).toBeUndefined();
    const full = guardStorage(() => ({
      getItem: () => null,
      setItem() {
        throw new DOMException('full', 'QuotaExceededError');
      },
      removeItem: () => undefined,
    }));
    expect(() =>
      rememberView({ query: QUERY, jobId: idOf(1), lineageJobId: undefined, grownJobIds: [], view: FIRST_VIEW }, full),
    ).not.toThrow();
  });
});

describe('a span from now', () => {
  it.each([
    [-30, '30 seconds ago', '30 秒前'],
    [-3599, '59 minutes ago', '59 分鐘前'],
    [2550, 'in 42 minutes', '42 分鐘後'],
    [-7200, '2 hours ago', '2 小時前'],
    [-200_000, '2 days ago', '2 天前'],
  ])('of %d seconds is said in its largest unit', (seconds, english, chinese) => {
    expect(formatAgo(seconds, 'en')).toBe(english);
    expect(formatAgo(seconds, 'zh-TW')).toBe(chinese);
  });
});
