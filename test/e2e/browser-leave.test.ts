import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { WATCH_POLL_MS } from '../../web/src/jobs/left-traces.ts';
import { page, usePage } from '../helpers/browser-page.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { waitForJob } from '../helpers/edge-calls.ts';
import { gridRecords } from '../helpers/browser-grid.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

const LOT = 'GA26011704-A00-003';
const OTHER_LOT = 'GA26011704-A00-004';
const RECORDS = 6000;

let server: DemoServer;
let url: string;
/** Lets the jobs of events, which wait in their middle, come to their end. */
let letEnd: () => void;
usePage();
beforeEach(async () => {
  const { promise: eventsHalfway, resolve } = Promise.withResolvers<void>();
  letEnd = resolve;
  server = new DemoServer({ nodes: 40, records: RECORDS, batchRecords: 500, paceMs: 0, eventsHalfway });
  url = await server.start();
});
afterEach(async () => {
  await server.stop();
});

const goTo = (name: string) => page.getByRole('navigation').getByRole('link', { name }).click();
const told = (sentence: string, what: string) =>
  page.getByRole('status').getByText(sentence.replace('{{ what }}', what), { exact: true });
const active = (stage: string) =>
  page.getByRole('listitem').filter({ hasText: stage }).and(page.locator('[aria-current=step]'));
const requested = (part: string) => server.requests.filter((request) => request.includes(part)).length;
const rememberedJobs = () =>
  page.evaluate(() => JSON.parse(localStorage.getItem('lotstream.views') ?? '[]') as { job: string; view: string }[]);

describe('a trace that is left', () => {
  it.each([
    [en.stage.seed_resolve, 'seed-resolve'],
    [en.stage.lineage, 'lineage'],
  ] as const)(
    'while it is at “%s” becomes a job all the same, says so, and its worker is gone then',
    async (stage, held) => {
      const letGo = server.hold(held);
      await startTrace(page, url, LOT);
      await active(stage).waitFor();
      await goTo(en.nav.status);
      await told(en.left.starting, LOT).waitFor();
      expect(page.workers().length).toBe(1);
      letGo();
      await told(en.left.running, LOT).waitFor();
      await expect.poll(() => page.workers().length).toBe(0);
      expect(requested('POST /api/trace/events')).toBe(1);
      expect(requested('/cancel')).toBe(0);
      const [job] = await rememberedJobs();
      expect(new URLSearchParams(job?.view).get('q')).toBe(LOT);
      await page.getByRole('status').getByRole('button', { name: en.jobs.open }).click();
      letEnd();
      await waitForProof(page);
      expect(new URL(page.url()).searchParams.get('job')).toBe(job?.job);
      expect(await page.getByLabel(en.query.values, { exact: true }).inputValue()).toBe(LOT);
      await page.getByRole('tree').waitFor();
      expect(requested('POST /api/trace/events')).toBe(1);
      expect(await told(en.left.running, LOT).count()).toBe(0);
    },
  );

  it('while its events are read says that it goes on, and its worker is gone at once', async () => {
    await startTrace(page, url, LOT);
    await page.getByRole('gridcell').first().waitFor();
    await goTo(en.nav.status);
    await told(en.left.running, LOT).waitFor();
    await expect.poll(() => page.workers().length).toBe(0);
    await page.getByRole('status').getByRole('button', { name: en.action.dismiss }).click();
    expect(await told(en.left.running, LOT).count()).toBe(0);
    await goTo(en.nav.trace);
    letEnd();
    await waitForProof(page);
    expect(await gridRecords(page)).toBe(RECORDS * 0.62);
  });

  it('for another one goes on, and is found again', async () => {
    const letGo = server.hold('lineage');
    await startTrace(page, url, LOT);
    await active(en.stage.lineage).waitFor();
    await startTrace(page, undefined, OTHER_LOT);
    await told(en.left.starting, LOT).waitFor();
    letGo();
    await told(en.left.running, LOT).waitFor();
    letEnd();
    await waitForProof(page);
    const jobs = await rememberedJobs();
    const queries = new Set(jobs.map(({ view }) => new URLSearchParams(view).get('q')));
    expect(queries).toEqual(new Set([LOT, OTHER_LOT]));
    expect(requested('POST /api/trace/events')).toBe(2);
    expect(await page.getByLabel(en.query.values, { exact: true }).inputValue()).toBe(OTHER_LOT);
  });

  it('behind its end has nothing more to say', async () => {
    letEnd();
    await startTrace(page, url, LOT);
    await waitForProof(page);
    await goTo(en.nav.status);
    await page.getByRole('heading', { name: en.status.title }).waitFor();
    expect(await page.getByRole('status').getByRole('button').count()).toBe(0);
  });
});

describe('the end of a long job', () => {
  it('is told by a notification while another page of the application is open and nobody looks at it', async () => {
    await page.addInitScript(() => {
      const told: string[] = [];
      class ToldNotification extends EventTarget {
        static readonly permission = 'granted';
        constructor(title: string, options?: NotificationOptions) {
          super();
          told.push(`${title} ${options?.body} ${options?.tag}`);
        }
      }
      Object.assign(window, { told, Notification: ToldNotification });
      localStorage.setItem('lotstream.notify', 'on');
      document.hasFocus = () => false;
    });
    await page.clock.install();
    server.options = { ...server.options, ageMs: 60_000 };
    await startTrace(page, url, LOT);
    await page.getByRole('gridcell').first().waitFor();
    const job = new URL(page.url()).searchParams.get('job') ?? '';
    await goTo(en.nav.status);
    await told(en.left.running, LOT).waitFor();
    const notifications = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
    letEnd();
    await waitForJob(url, job, ({ state }) => state === 'succeeded');
    await page.clock.fastForward(WATCH_POLL_MS);
    await expect.poll(notifications).toHaveLength(1);
    expect((await notifications())[0]).toMatch(new RegExp(`^${en.notify.complete} Records: [0-9,]+ .*${job}$`));
    await told(en.left.over.replace('{{ state }}', en.jobs.state.succeeded), LOT).waitFor();
  });
});

describe('a job that is opened', () => {
  it('has been running since it was made, so its cancel asks first', async () => {
    server.options = { ...server.options, ageMs: 3_600_000 };
    await startTrace(page, url, LOT);
    await expect.poll(() => new URL(page.url()).searchParams.get('job')).not.toBeNull();
    await page.reload();
    await page.getByText(/^1 h/).first().waitFor();
    await page.getByRole('button', { name: en.cancel.action }).click();
    await page
      .getByRole('alertdialog', { name: en.cancel.title })
      .getByRole('button', { name: en.cancel.keep })
      .click();
    expect(requested('/cancel')).toBe(0);
  });
});
