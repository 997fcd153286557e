import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace } from '../helpers/browser.ts';
import { newPage, page, useBrowser, watched } from '../helpers/browser-page.ts';
import { lookAgain } from '../helpers/browser-look-again.ts';
import { lookAround } from '../helpers/browser-look-around.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

let server: DemoServer;
let url: string;
useBrowser();
beforeAll(async () => {
  server = new DemoServer({ records: 40_000, paceMs: 0 });
  url = await server.start();
});
afterAll(() => server?.stop());

const SLOTS = { interactive: 4, batch: 2 };
const bridgeOf = (id: string, more: object = {}) => ({
  bridge_id: id,
  site: 'fab1',
  version: '0.1.0',
  warehouse: 'oracle',
  last_seen_at: new Date().toISOString(),
  slots: SLOTS,
  free: { interactive: 3, batch: 0 },
  in_flight: 3,
  rss_bytes: 812_000_000,
  draining: false,
  ...more,
});
const HEALTH = {
  status: 'ok',
  protocol: 1,
  sites: ['fab1'],
  bridges: [bridgeOf('bridge-a'), bridgeOf('bridge-b', { draining: true, last_seen_at: '2026-01-01T00:00:00Z' })],
  queue: { interactive: 0, batch: 7 },
  limits: { trace_cids: 50_000, defect_cids: 400_000, jobs_per_owner: 6, trace_seconds: 2700 },
  maintenance: [
    { name: 'lineage-index', status: 'running', rows_done: 250_000, rows_total: 1_000_000 },
    { name: 'workcenter-cache', status: 'failed', error: 'ORA-01555: snapshot too old <b>' },
    { name: 'day-index', status: 'done', rows_done: 9000, rows_total: 9000, ended_at: new Date().toISOString() },
  ],
  maintenance_running: true,
};

/** Has the edge answer this from now on; `undefined`: the network is gone. */
async function answerHealth(health: object | undefined): Promise<void> {
  await page.unroute('**/api/healthz');
  await page.route('**/api/healthz', (route) =>
    health === undefined ? route.abort() : route.fulfill({ status: 200, json: health }),
  );
}

const banner = () => page.getByRole('region', { name: en.maintenance.label, exact: true }).first();
const running = en.maintenance.running.replace('{{ name }}', 'lineage-index');

describe('the banner of maintenance', () => {
  it('stays on every page while something runs, also when the network is gone, and then goes', async () => {
    await newPage();
    await page.clock.install();
    await answerHealth(HEALTH);
    await page.goto(url);
    await banner().getByText(running).waitFor();
    await banner().getByText('250,000 of 1,000,000 rows').waitFor();
    await banner().getByText('ORA-01555: snapshot too old <b>').waitFor();
    await banner().getByRole('button', { name: 'Dismiss: workcenter-cache failed' }).click();
    expect(
      await banner()
        .getByText(/workcenter-cache/)
        .count(),
    ).toBe(0);
    // The button has gone: keys go on from the main part.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('results');
    for (const name of [en.nav.jobs, en.nav.status, en.nav.trace]) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await banner().getByText(running).waitFor();
      expect(
        await banner()
          .getByText(/workcenter-cache/)
          .count(),
      ).toBe(0);
    }
    await answerHealth(undefined);
    // The browser knows of it as well.
    await page.context().setOffline(true);
    await lookAgain(page);
    await banner().getByText(en.maintenance.unknown).waitFor();
    expect(await banner().getByText(running).count()).toBe(1);
    await page.context().setOffline(false);
    await answerHealth({ ...HEALTH, maintenance: [], maintenance_running: false });
    await lookAgain(page);
    await banner().waitFor({ state: 'detached' });
  });
});

describe('the page of the status', () => {
  it('has every bridge and task, legible, whole and in one language', async () => {
    await newPage();
    await answerHealth(HEALTH);
    await page.goto(`${url}/status`);
    const card = page.getByRole('listitem').filter({ hasText: 'bridge-b' });
    for (const text of [en.status.draining, '3 of 4 free', '0 of 2 free', '812 MB', 'oracle'])
      await card.getByText(text, { exact: true }).waitFor();
    await page.getByText('Waiting jobs: 0 interactive, 7 batch').waitFor();
    expect(await page.getByText('ORA-01555: snapshot too old <b>').count()).toBe(2);
    const limits = page.getByRole('region', { name: en.status.limits });
    for (const text of ['50,000', '400,000', '6', '45 min 00 s'])
      await limits.getByText(text, { exact: true }).waitFor();
    await page.getByRole('region', { name: en.status.vitals }).getByText(en.status.vital.good).first().waitFor();
    expect(await lookAround(watched, 'status')).toEqual([]);
  });

  it('says so when there is no bridge and no task, and when the server cannot be reached', async () => {
    await newPage();
    await page.clock.install();
    await answerHealth(undefined);
    await page.goto(`${url}/status`);
    const alert = await page.getByRole('alert').getByText(en.health.unreachableHint).elementHandle();
    const looked = page.waitForRequest('**/api/healthz');
    await lookAgain(page);
    await looked;
    // It stands there once: one that came anew would be spoken with every look.
    expect(await alert?.evaluate((element) => element.isConnected)).toBe(true);
    const none = { status: 'no_bridge', bridges: [], maintenance: [], maintenance_running: false };
    await answerHealth({ ...HEALTH, ...none, maintenance_error: 'ORA-03113' });
    await lookAgain(page);
    await page.getByText(en.health.noneHint).waitFor();
    expect(await page.getByText('ORA-03113').count()).toBe(2);
    expect(await page.getByText(en.status.noTasks).count()).toBe(0);
    await answerHealth({ ...HEALTH, status: 'no_bridge', bridges: [], maintenance: [], maintenance_running: false });
    await lookAgain(page);
    await page.getByText(en.status.noTasks).waitFor();
    await answerHealth(undefined);
    await lookAgain(page);
    await page.getByRole('alert').getByText(en.health.unreachableHint).waitFor();
    expect(await page.getByText(en.status.unknown).count()).toBe(2);
  });
});

interface NotifiedWindow extends Window {
  asked?: number;
  told?: string[];
}

describe('a notification', () => {
  /** The permission of the browser, and what it was asked and told. */
  const watchNotifications = () =>
    page.addInitScript(() => {
      const scope = window as NotifiedWindow;
      scope.asked = 0;
      scope.told = [];
      class WatchedNotification extends EventTarget {
        // A browser keeps what it was told over a reload.
        static get permission(): string {
          return sessionStorage.getItem('test.permission') ?? 'default';
        }
        static async requestPermission(): Promise<string> {
          scope.asked = (scope.asked ?? 0) + 1;
          sessionStorage.setItem('test.permission', 'granted');
          return 'granted';
        }
        constructor(title: string) {
          super();
          scope.told?.push(title);
        }
      }
      Object.assign(window, { Notification: WatchedNotification });
    });
  const heard = () =>
    page.evaluate(() => ({ asked: (window as NotifiedWindow).asked, told: (window as NotifiedWindow).told }));
  const hide = (isHidden: boolean) =>
    page.evaluate(
      (hidden) => Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }),
      isHidden,
    );

  const proven = () => page.getByText(en.end.proven, { exact: true });
  /** A job that is opened began when it was made: that was long ago. */
  const openLongTrace = async (lot: string) => {
    await startTrace(page, url, lot);
    await expect.poll(() => new URL(page.url()).searchParams.get('job')).not.toBeNull();
    await page.reload();
    await page.getByRole('gridcell').first().waitFor();
    expect(await proven().count()).toBe(0);
  };

  it('is allowed by a click alone, and tells the end of a long trace only to those who look elsewhere', async () => {
    await newPage();
    await watchNotifications();
    const long = { ageMs: 60_000, records: 6000, batchRecords: 500, paceMs: 0 };
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    server.options = { ...long, eventsHalfway: first.promise };
    await openLongTrace('GA26011704');
    expect(await heard()).toEqual({ asked: 0, told: [] });
    const bell = page.getByRole('button', { name: en.notify.label });
    await bell.click();
    await expect.poll(() => bell.getAttribute('aria-pressed')).toBe('true');
    expect((await heard()).asked).toBe(1);
    await hide(true);
    first.resolve();
    await proven().waitFor();
    await expect.poll(async () => (await heard()).told).toEqual([en.notify.complete]);

    server.options = { ...long, eventsHalfway: second.promise };
    await openLongTrace('GA26011705');
    await expect.poll(() => bell.getAttribute('aria-pressed')).toBe('true');
    second.resolve();
    await proven().waitFor();
    expect(await heard()).toEqual({ asked: 0, told: [] });
  });
});

describe('what the page measures of itself', () => {
  it('is told in words on the page of the status, and to nobody else', async () => {
    await newPage();
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'GET' || !request.url().startsWith(url)) sent.push(request.url());
    });
    await page.goto(url);
    await page.getByRole('button', { name: en.language.en }).click();
    await page.getByRole('link', { name: en.nav.status }).click();
    const card = page.getByRole('region', { name: en.status.vitals });
    const told = (name: keyof typeof en.status.vital) =>
      card
        .locator('div', { has: page.getByText(en.status.vital[name], { exact: true }) })
        .last()
        .locator('dd');
    const rated = new RegExp(
      `(${en.status.vital.good}|${en.status.vital['needs-improvement']}|${en.status.vital.poor})$`,
    );
    await card.getByText(rated).first().waitFor();
    await expect.poll(() => told('LCP').textContent()).toMatch(/^[1-9][\d,]* ms/);
    await expect.poll(() => told('CLS').textContent()).toMatch(/^[\d.]+/);
    // An answer may have been too quick to be told; the next one is not.
    await page.evaluate(() =>
      document.addEventListener('click', () => {
        for (const until = performance.now() + 300; performance.now() < until;);
      }),
    );
    await page.getByRole('button', { name: en.language.en }).click();
    await expect.poll(() => told('INP').textContent()).toMatch(/^[2-9]\d\d ms/);
    for (const name of ['LCP', 'INP', 'CLS'] as const) expect(await told(name).textContent()).toMatch(rated);
    expect(await told('INP').textContent()).toContain(en.status.vital['needs-improvement']);
    // While the page is left, most scripts that measure send what they have.
    await page.goto('about:blank');
    expect(sent).toEqual([]);
  });
});
