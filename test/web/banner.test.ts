import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BannerLine, BannerState } from '../../web/src/health/banner.ts';
import {
  bannerLines,
  dismissFailure,
  keyedLines,
  learnMaintenance,
  NOTHING_KNOWN,
} from '../../web/src/health/banner.ts';
import type { TextStorage } from '../../web/src/storage/page-storage.ts';
import { readDismissed, writeDismissed } from '../../web/src/health/dismissed-failures.ts';
import { fetchHealth, LOOK_TIMEOUT_MS } from '../../web/src/health/fetch-health.ts';
import { readMaintenance, saysNothing } from '../../web/src/health/maintenance-reading.ts';

const START_MS = Date.parse('2026-03-18T02:00:00Z');
const MINUTE_MS = 60_000;

/** The banner before a clock that stands until it is moved; looks are those of `/api/healthz`. */
class Banner {
  #state: BannerState = NOTHING_KNOWN;
  #nowMs = START_MS;

  look(body: unknown, status = 200): this {
    this.#state = learnMaintenance(this.#state, readMaintenance(status, body), this.#nowMs);
    return this;
  }

  loseNetwork(): this {
    this.#state = learnMaintenance(this.#state, { type: 'unreadable' }, this.#nowMs);
    return this;
  }

  wait(ms: number): this {
    this.#nowMs += ms;
    return this;
  }

  dismiss(): this {
    for (const line of this.lines()) if (line.type === 'failed') this.#state = dismissFailure(this.#state, line.key);
    return this;
  }

  lines(): BannerLine[] {
    return bannerLines(this.#state, this.#nowMs);
  }

  /** `running warm-up`, `failed warm-up`, `unknown`. */
  words(): string[] {
    return this.lines().map((line) => (line.type === 'unknown' ? 'unknown' : `${line.type} ${line.name ?? '?'}`));
  }
}

const running = (rows_done?: number, rows_total?: number, name = 'warm-up') => ({
  maintenance: [{ name, status: 'running', rows_done, rows_total }],
  maintenance_running: true,
});
const failed = (ended_at?: unknown, name = 'warm-up') => ({
  maintenance: [{ name, status: 'failed', ended_at, error: 'ORA-01555' }],
  maintenance_running: false,
});
const NOTHING = { maintenance: [], maintenance_running: false };

describe('while something runs', () => {
  it('the banner has one line a task, with rows done and total, rate and remaining time', () => {
    const banner = new Banner().look(running(1000, 10_000));
    expect(banner.lines()).toMatchObject([{ rowsDone: 1000, rowsTotal: 10_000, rowsPerSecond: undefined }]);
    banner.wait(10_000).look(running(4000, 10_000));
    expect(banner.lines()).toEqual([
      { type: 'running', name: 'warm-up', rowsDone: 4000, rowsTotal: 10_000, rowsPerSecond: 300, etaSeconds: 20 },
    ]);
    const two = { maintenance: [...running().maintenance, ...running(1, 2, 'rebuild').maintenance] };
    expect(banner.look(two).words()).toEqual(['running warm-up', 'running rebuild']);
  });

  it('the rate is that of the last looks, and begins anew when the task does', () => {
    const banner = new Banner();
    for (const rows of [0, 0, 0, 0, 1000, 2000, 3000, 4000, 5000]) banner.look(running(rows, 9000)).wait(10_000);
    expect(banner.lines()).toMatchObject([{ rowsPerSecond: 100, etaSeconds: 40 }]);
    banner.look(running(10, 9000));
    expect(banner.lines()).toMatchObject([{ rowsPerSecond: undefined, etaSeconds: undefined }]);
  });

  it('has no remaining time when nothing moves, or when the figures make no sense', () => {
    const still = new Banner().look(running(5, 9)).wait(10_000).look(running(5, 9));
    expect(still.lines()).toMatchObject([{ rowsPerSecond: 0, etaSeconds: undefined }]);
    const over = new Banner().look(running(5, 9)).wait(10_000).look(running(50, 9));
    expect(over.lines()).toMatchObject([{ rowsPerSecond: 4.5, etaSeconds: undefined }]);
    const odd = { maintenance: [{ name: 'warm-up', status: 'running', rows_done: 'many', rows_total: -1 }] };
    expect(new Banner().look(odd).lines()).toMatchObject([{ rowsDone: undefined, rowsTotal: undefined }]);
  });

  it('the banner is there even if nobody says what runs, and a task counts without the flag', () => {
    expect(new Banner().look({ maintenance_running: true }).words()).toEqual(['running ?']);
    expect(new Banner().look({ ...running(), maintenance_running: false }).words()).toEqual(['running warm-up']);
  });

  it('is gone with the first look that says it is done', () => {
    expect(new Banner().look(running()).look(NOTHING).words()).toEqual([]);
    const done = { maintenance: [{ name: 'warm-up', status: 'done', ended_at: '2026-03-18T02:00:00Z' }] };
    expect(new Banner().look(running()).look(done).words()).toEqual([]);
  });
});

describe('members that are absent', () => {
  it.each([{}, NOTHING, { maintenance: [] }, { status: 'ok' }])('mean that nothing runs: %j', (body) => {
    expect(new Banner().look(body).words()).toEqual([]);
    expect(new Banner().look(running()).look(body).words()).toEqual([]);
  });
});

describe('a task that failed', () => {
  it('shows its error for ten minutes after its end, and leaves by itself', () => {
    const banner = new Banner().look(failed('2026-03-18T01:58:00Z'));
    expect(banner.lines()).toMatchObject([{ type: 'failed', name: 'warm-up', error: 'ORA-01555' }]);
    expect(banner.wait(8 * MINUTE_MS - 1).words()).toEqual(['failed warm-up']);
    expect(banner.wait(1).words()).toEqual([]);
  });

  it('whose end is longer ago than that is not shown at all; other zones are understood', () => {
    expect(new Banner().look(failed('2026-03-18T01:50:00Z')).words()).toEqual([]);
    expect(new Banner().look(failed('2026-03-18T09:50:00+08:00')).words()).toEqual([]);
    expect(new Banner().look(failed('2026-03-18T09:51:00+08:00')).words()).toEqual(['failed warm-up']);
  });

  it.each([undefined, null, '', 'yesterday', '2020', '2020-01-01', '2020-01-01T00:00:00', 1_500_000_000])(
    'with the end %j stays until it is dismissed',
    (endedAt) => {
      const banner = new Banner()
        .look(failed(endedAt))
        .wait(24 * 60 * MINUTE_MS)
        .look(failed(endedAt));
      expect(banner.words()).toEqual(['failed warm-up']);
      expect(banner.dismiss().words()).toEqual([]);
      expect(banner.wait(MINUTE_MS).look(failed(endedAt)).words()).toEqual([]);
    },
  );

  it('is dismissed alone: another one stays, and the same task that fails again is shown again', () => {
    const first = failed('2026-03-18T01:59:00Z');
    const banner = new Banner().look(first).dismiss();
    expect(banner.look(first).words()).toEqual([]);
    const both = { maintenance: [...first.maintenance, ...failed('2026-03-18T01:59:00Z', 'rebuild').maintenance] };
    expect(banner.look(both).words()).toEqual(['failed rebuild']);
    expect(banner.look(failed('2026-03-18T01:59:30Z')).words()).toEqual(['failed warm-up']);
    const unended = new Banner().look(failed()).dismiss().look(running()).look(failed());
    expect(unended.words()).toEqual(['failed warm-up']);
  });
});

describe('an edge that cannot be read', () => {
  it('by the network keeps the banner that was there, for as long as it lasts', () => {
    const banner = new Banner().look(running(1, 2)).loseNetwork();
    expect(banner.words()).toEqual(['running warm-up', 'unknown']);
    expect(
      banner
        .wait(60 * MINUTE_MS)
        .loseNetwork()
        .words(),
    ).toEqual(['running warm-up', 'unknown']);
    expect(banner.look(NOTHING).words()).toEqual([]);
  });

  it('says so while nothing was ever read, and puts up no banner where the last word was that nothing runs', () => {
    expect(new Banner().loseNetwork().words()).toEqual(['unknown']);
    expect(new Banner().look(NOTHING).loseNetwork().words()).toEqual([]);
  });

  it('lets a failure leave at its time all the same', () => {
    const banner = new Banner().look(failed('2026-03-18T02:00:00Z')).loseNetwork();
    expect(banner.words()).toEqual(['failed warm-up']);
    expect(banner.wait(10 * MINUTE_MS).words()).toEqual([]);
  });

  it.each([
    ['no object', 200, 'ok'],
    ['null', 200, null],
    ['maintenance that is no list', 200, { maintenance: 'none' }],
    ['a task without a name', 200, { maintenance: [{ status: 'running' }] }],
    ['a state that is not known', 200, { maintenance: [{ name: 'warm-up', status: 'paused' }] }],
    ['a flag that is none', 200, { maintenance_running: 'no' }],
    ['another status', 500, NOTHING],
    ['a refusal', 429, {}],
    ['a 503 of a gateway', 503, { message: 'Service Unavailable' }],
    [
      'a problem document',
      503,
      {
        type: 'about:blank',
        title: 'x',
        status: 503,
        detail: 'x',
        instance: 'r',
        code: 'BRIDGE_UNAVAILABLE',
        retryable: true,
      },
    ],
  ])('by its body, %s, keeps the banner as well', (_, status, body) => {
    expect(new Banner().look(running()).look(body, status).words()).toEqual(['running warm-up', 'unknown']);
    expect(new Banner().look({ maintenance_running: true }).look(body, status).words()).toEqual([
      'running ?',
      'unknown',
    ]);
  });

  it('with 503 and a readable body is read', () => {
    expect(new Banner().look(running()).look({}, 503).words()).toEqual([]);
    expect(new Banner().look(running()).look({ status: 'no_bridge' }, 503).words()).toEqual([]);
    expect(new Banner().look(running(), 503).words()).toEqual(['running warm-up']);
    expect(new Banner().look(running()).look(NOTHING, 503).words()).toEqual([]);
  });
});

describe('maintenance_error', () => {
  it('keeps the banner, says so, and takes what is told beside it', () => {
    const error = { maintenance: [], maintenance_running: false, maintenance_error: 'disk' };
    const banner = new Banner().look(running()).look(error);
    expect(banner.words()).toEqual(['running warm-up', 'unknown']);
    expect(banner.lines().at(-1)).toEqual({ type: 'unknown', detail: 'disk' });
    expect(banner.look({ ...running(1, 2, 'rebuild'), maintenance_error: 'disk' }).words()).toEqual([
      'running rebuild',
      'running warm-up',
      'unknown',
    ]);
    expect(banner.look(NOTHING).words()).toEqual([]);
  });

  it('alone puts the banner up', () => {
    expect(new Banner().look({ maintenance_error: 'disk' }).words()).toEqual(['unknown']);
    expect(new Banner().look(NOTHING).look({ maintenance_error: '' }).words()).toEqual(['unknown']);
  });

  it('does not bring a failure back that was dismissed', () => {
    const banner = new Banner().look(failed()).dismiss().look({ maintenance_error: 'disk' });
    expect(banner.words()).toEqual(['unknown']);
  });
});

describe('that nothing runs', () => {
  const says = (body: unknown): boolean => {
    const reading = readMaintenance(200, body);
    return reading.type === 'known' && saysNothing(reading);
  };

  it('is said only where nothing leaves it in doubt', () => {
    expect([says(NOTHING), says({})]).toEqual([true, true]);
    for (const doubt of [
      { ...NOTHING, maintenance_error: 'disk' },
      { ...NOTHING, maintenance_error: '' },
      { ...NOTHING, maintenance_running: true },
      failed(),
    ])
      expect(says(doubt)).toBe(false);
  });
});

describe('the lines of the banner', () => {
  it('are all there, also of tasks with the same name, and keep their keys when one goes', () => {
    const two = { maintenance: [...running(1, 2).maintenance, ...running(3, 4).maintenance] };
    const banner = new Banner().look({ ...two, maintenance_error: 'disk' });
    expect([...keyedLines(banner.lines()).values()]).toEqual(banner.lines());
    const failures = [failed(undefined, 'a'), failed(undefined, 'b')].flatMap(({ maintenance }) => maintenance);
    const both = [...keyedLines(new Banner().look({ maintenance: failures }).lines()).keys()];
    const one = [...keyedLines(new Banner().look({ maintenance: failures.slice(1) }).lines()).keys()];
    expect(one).toEqual(both.slice(1));
  });
});

describe('failures that were sent away', () => {
  it('are known again after a reload, and a storage that is full or holds nonsense is done without', () => {
    const kept = new Map<string, string>();
    const storage: TextStorage = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, value) === kept,
      removeItem: (key) => void kept.delete(key),
    };
    expect(readDismissed(storage).size).toBe(0);
    writeDismissed(new Set(['warm-up ', 'rebuild 2026-03-18T02:00:00Z']), storage);
    expect([...readDismissed(storage)]).toEqual(['warm-up ', 'rebuild 2026-03-18T02:00:00Z']);
    for (const nonsense of ['{"no', '{"a":1}', '[1]'])
      expect(readDismissed({ ...storage, getItem: () => nonsense }).size).toBe(0);
    const full: TextStorage = { ...storage, setItem: () => false };
    writeDismissed(new Set(['a']), full);
    expect(readDismissed(full).has('a')).toBe(false);
  });
});

describe('a look at the health of the edge', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** An edge that takes the call and never answers. */
  const hang = () =>
    vi.stubGlobal('fetch', (_path: string, { signal }: RequestInit) => {
      const { promise, reject } = Promise.withResolvers<Response>();
      signal?.addEventListener('abort', () => reject(signal.reason));
      return promise;
    });

  it('that hangs fails after its time', async () => {
    vi.useFakeTimers();
    hang();
    const look = fetchHealth(new AbortController().signal).catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(LOOK_TIMEOUT_MS - 1);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await look).toHaveProperty('name', 'AbortError');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with its caller, and leaves no timer', async () => {
    vi.useFakeTimers();
    hang();
    const caller = new AbortController();
    const look = fetchHealth(caller.signal).catch((thrown: unknown) => thrown);
    caller.abort(new Error('left'));
    expect(await look).toHaveProperty('message', 'left');
    vi.stubGlobal('fetch', async () => Response.json({ status: 'no_bridge' }, { status: 503 }));
    expect((await fetchHealth(new AbortController().signal)).maintenance.type).toBe('known');
    expect(vi.getTimerCount()).toBe(0);
  });
});
