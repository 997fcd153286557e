import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { zhTw } from '../../web/src/i18n/zh-tw.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { lookAround, speak } from '../helpers/browser-look-around.ts';
import { say } from '../helpers/browser-say.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';
import { type DemoOptions, DemoServer } from '../helpers/web-demo-server.ts';

const CONTAINERS = 6000;

usePage();

const tree = () => page.getByRole('tree');
const nodeNamed = (name: string) => page.getByRole('treeitem', { name: `${name},` });
const growBackward = (name: string) =>
  nodeNamed(name)
    .locator('[data-knob]')
    .filter({ hasText: say(en.lineage.growBackward, { name }) });

async function press(name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
}

/** Of the address. */
function shownJob(name: 'job' | 'lineage' | 'grown'): string | null {
  return new URL(page.url()).searchParams.get(name);
}

describe('more of a lineage, on request', () => {
  /** B of the chain A→B→C, split from C and merged from M1, whose parent is M0. */
  const LOT = 'GA26021706-A00-001-01';
  const CHILD = 'GA26021706-A00-001-01C';
  const SOURCE = 'GA26021706-A00-090-01';
  const SOURCE_PARENT = 'GA26021706-A00-090';
  let plant: Plant;
  beforeAll(async () => {
    plant = await startPlant({ warehouseFile: await sampleFile(CONTAINERS) });
  });
  afterAll(() => plant?.stop());

  let asked: number;
  beforeEach(async () => {
    asked = 0;
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/api/trace/lineage')) asked++;
    });
    await startTrace(page, plant.url, LOT);
    await waitForProof(page);
    await nodeNamed(SOURCE).waitFor();
    await nodeNamed(CHILD).waitFor();
  });

  it('joins what a merged-in lot was made of, asks for it once, and says that its events were not read', async () => {
    expect(await nodeNamed(SOURCE_PARENT).count()).toBe(0);
    // All of them are found by this, and what comes as well.
    const search = page.getByRole('searchbox', { name: en.lineage.search });
    await search.fill('GA26021706');
    await growBackward(SOURCE).click();
    await page.getByText(say(en.lineage.grown, { name: SOURCE, count: 1 })).waitFor();
    const focused = page.locator(`[id="${await tree().getAttribute('aria-activedescendant')}"]`);
    expect(await focused.getAttribute('aria-label')).toContain(`${SOURCE},`);
    await search.fill('');
    await nodeNamed(SOURCE_PARENT).waitFor();
    expect(await nodeNamed(SOURCE_PARENT).getAttribute('aria-label')).toContain(en.lineage.later);
    for (const name of [LOT, CHILD, SOURCE]) await nodeNamed(name).waitFor();
    expect(await growBackward(SOURCE).count()).toBe(0);
    expect(asked).toBe(2);
    const [, total] = /of (\d+) shown/.exec((await page.getByText(/of \d+ shown/).textContent()) ?? '') ?? [];
    const found = page.getByRole('region', { name: en.found.title });
    expect(await found.getByText(total ?? '', { exact: true }).count()).toBe(1);
    await press(en.lineage.relations);
    const [relations] = /\d+/.exec((await page.getByText(/^Relations: \d+$/).textContent()) ?? '') ?? [];
    expect(await found.getByText(relations ?? '', { exact: true }).count()).toBe(1);
    await press(en.lineage.drawing);
    // What was in sight still is, with what came.
    const screen = await tree().boundingBox();
    for (const name of [LOT, CHILD, SOURCE, SOURCE_PARENT]) {
      const box = await nodeNamed(name).locator('rect').first().boundingBox();
      if (screen === null || box === null) throw new Error(`${name} is not drawn`);
      expect([name, box.x >= screen.x, box.x + box.width <= screen.x + screen.width]).toEqual([name, true, true]);
    }
    await watched.shoot('lineage-grown-en-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await watched.shoot('lineage-grown-en-dark');
    await press(en.lineage.relations);
    const row = page.getByRole('grid', { name: en.lineage.relations }).getByRole('row');
    await row.filter({ hasText: SOURCE_PARENT }).first().waitFor();
  });

  it('is asked for with a key, and can be stopped; what was drawn stays', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.context().route('**/api/trace/lineage', async (route) => {
      await held;
      await route.abort().catch(() => undefined);
    });
    await page.getByRole('searchbox', { name: en.lineage.search }).fill(SOURCE);
    await tree().focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.getByText(say(en.lineage.growing, { name: SOURCE })).waitFor();
    await page.getByRole('searchbox', { name: en.lineage.search }).fill(CHILD);
    await tree().focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('status').filter({ hasText: en.lineage.growOne }).waitFor();
    await press(en.lineage.cancelGrowth);
    await page.getByText(say(en.lineage.growthCancelled, { name: SOURCE })).waitFor();
    expect(await tree().evaluate((drawn) => drawn === document.activeElement)).toBe(true);
    release();
    await nodeNamed(SOURCE).waitFor();
    expect(await growBackward(SOURCE).count()).toBe(1);
  });

  it('says what went wrong, and finds it when asked again', async () => {
    await page.context().route('**/api/trace/lineage', (route) => route.abort(), { times: 1 });
    await growBackward(SOURCE).click();
    await page.getByText(en.problem.OFFLINE).waitFor();
    await press(en.action.retry);
    await nodeNamed(SOURCE_PARENT).waitFor();
    expect(asked).toBe(3);
  });

  it('has its events read with those of the rest on request, and opens again so', async () => {
    const containersOf = async (id: string | null): Promise<number> => {
      const status = await page.request.get(`${plant.url}/api/trace/job/${id}`);
      return ((await status.json()) as { cid_count: number }).cid_count;
    };
    const before = shownJob('job');
    await growBackward(SOURCE).click();
    await page.getByText(say(en.events.unread, { count: 1 })).waitFor();
    await press(en.events.readAgain);
    await page.waitForURL(() => shownJob('job') !== before);
    await waitForProof(page);
    expect(await page.getByText(say(en.events.unread, { count: 1 })).count()).toBe(0);
    expect(await containersOf(shownJob('job'))).toBe((await containersOf(before)) + 1);
    expect(await nodeNamed(SOURCE_PARENT).getAttribute('aria-label')).not.toContain(en.lineage.later);
    expect(asked).toBe(2);
    await page.reload();
    await waitForProof(page);
    await nodeNamed(SOURCE_PARENT).waitFor();
    expect(await page.getByText(say(en.events.unread, { count: 1 })).count()).toBe(0);
    expect(asked).toBe(2);
    // What cannot be read now is not forgotten.
    const grown = shownJob('grown');
    await page.context().route(`**/api/trace/job/${shownJob('lineage')}`, (route) => route.abort(), { times: 1 });
    await page.reload();
    await page.getByText(en.lineage.notReopened).waitFor();
    await waitForProof(page);
    expect([await tree().count(), shownJob('grown')]).toEqual([0, grown]);
    await press(en.action.tryAgain);
    await nodeNamed(SOURCE_PARENT).waitFor();
    expect(await page.getByText(en.lineage.notReopened).count()).toBe(0);
  });
});

describe('more of a lineage than is there at once', () => {
  const LOT = 'GA26011704-A00-003';
  /** At the left end; what it was made of was not looked for. */
  const WAFER = 'GMSN-1100#RFTLD0';
  const GROWN = 30;
  let server: DemoServer;
  const use = (options: DemoOptions): void => void (server.options = { ...server.options, ...options });
  beforeEach(async () => {
    server = new DemoServer({ nodes: 60, records: 600, grown: GROWN });
    await startTrace(page, await server.start(), LOT);
    await waitForProof(page);
    const search = page.getByRole('searchbox', { name: en.lineage.search });
    await search.fill(WAFER);
    await nodeNamed(WAFER).waitFor();
    await search.fill('');
  });
  afterEach(() => server?.stop());

  it('comes as a job that tells how far it is, and is told when nobody waits for it any more', async () => {
    use({ growthPaceMs: 5, lineageHalfway: Promise.withResolvers<void>().promise });
    await growBackward(WAFER).click();
    await page.getByText(say(en.lineage.growing, { name: WAFER })).waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: /\d %|\d%/ })
      .first()
      .waitFor();
    await watched.shoot('lineage-growing-en-light');
    await press(en.lineage.cancelGrowth);
    await page.getByText(say(en.lineage.growthCancelled, { name: WAFER })).waitFor();
    await expect.poll(() => server.requests.filter((request) => request.endsWith('/cancel')).length).toBe(1);
    expect(await nodeNamed(`${WAFER}-B1`).count()).toBe(0);
    use({ lineageHalfway: undefined });
    await growBackward(WAFER).click();
    await page.getByText(say(en.lineage.grown, { name: WAFER, count: GROWN })).waitFor();
    await nodeNamed(`${WAFER}-B1`).waitFor();
  });

  it('is not drawn when it is too large, which is said with how large it would be', async () => {
    use({ grown: 20_000 });
    await growBackward(WAFER).click();
    await page.getByText(say(en.lineage.grownTooLarge, { name: WAFER, count: 20_001 })).waitFor();
    await nodeNamed(WAFER).waitFor();
    expect(await growBackward(WAFER).count()).toBe(1);
    await press(en.action.dismiss);
    expect(await page.getByText(say(en.lineage.grownTooLarge, { name: WAFER, count: 20_001 })).count()).toBe(0);
  });

  it('says why the server refuses it, and waits as long as that asks before it asks again', async () => {
    use({ refuse: 'RATE_LIMITED' });
    await growBackward(WAFER).click();
    await page.getByText(en.problem.RATE_LIMITED).waitFor();
    const wait = page.getByRole('button', { name: /^Possible again in / });
    expect(await wait.isDisabled()).toBe(true);
    await speak(page, 'zh-TW');
    await page.getByText(zhTw.problem.RATE_LIMITED).waitFor();
    await nodeNamed(WAFER).waitFor();
  });

  it('says why its job failed', async () => {
    use({ growthPaceMs: 5, growthFails: 'RESULT_TOO_LARGE' });
    await growBackward(WAFER).click();
    await page.getByText(en.problem.RESULT_TOO_LARGE).waitFor();
    await nodeNamed(WAFER).waitFor();
    expect(await page.getByText(say(en.lineage.growthCancelled, { name: WAFER })).count()).toBe(0);
  });

  it('shows its events when they were asked for from the empty rows of such a lot, which stays chosen', async () => {
    await page.getByRole('searchbox', { name: en.lineage.search }).fill(LOT);
    await nodeNamed(LOT).waitFor();
    await tree().focus();
    await page.keyboard.press('Shift+ArrowRight');
    await nodeNamed(`${LOT}-F1`).click();
    await page.getByText(say(en.events.noneUnread, { count: 1 })).waitFor();
    expect(await lookAround(watched, 'events-unread', 'piece')).toEqual([]);
    await speak(page, 'en');
    await page.setViewportSize({ width: 1280, height: 800 });
    const job = shownJob('job');
    await page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      const spoken = document.querySelector('p.sr-only[aria-live=polite]');
      if (spoken === null) throw new Error('nothing is spoken');
      new MutationObserver(() => heard.push(spoken.textContent ?? '')).observe(spoken, {
        characterData: true,
        childList: true,
        subtree: true,
      });
    });
    await page.getByRole('tabpanel').getByRole('button', { name: en.events.readAgain }).click();
    await page.waitForURL(() => shownJob('job') !== job);
    await waitForProof(page);
    await page
      .getByRole('gridcell', { name: `${LOT}-F1`, exact: true })
      .first()
      .waitFor();
    expect(await nodeNamed(`${LOT}-F1`).getAttribute('aria-selected')).toBe('true');
    expect(shownJob('grown')).toMatch(/^[0-9a-f]{64}$/);
    const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
    const stage = en.stage.events;
    expect(heard[0]).toBe(say(en.announce.stage, { stage, state: en.stage.active }));
    expect(heard.at(-1)).toBe(say(en.announce.stage, { stage, state: en.stage.done }));
    await page.reload();
    await waitForProof(page);
    await page
      .getByRole('gridcell', { name: `${LOT}-F1`, exact: true })
      .first()
      .waitFor();
    expect(await page.getByText(say(en.events.unread, { count: GROWN })).count()).toBe(0);
  });

  it('has events that may be too many: then those from before stay, and the sentence says what to do', async () => {
    await growBackward(WAFER).click();
    await page.getByText(say(en.events.unread, { count: GROWN })).waitFor();
    const [job, records] = [shownJob('job'), await page.getByText(/^Records: /).textContent()];
    use({ limitIds: 60 });
    await press(en.events.readAgain);
    await page.getByText(en.problem.CID_LIMIT_EXCEEDED).waitFor();
    expect(await page.getByText(/^Records: /).textContent()).toBe(records);
    expect(shownJob('job')).toBe(job);
    expect(await lookAround(watched, 'events-refused', 'piece')).toEqual([]);
    await speak(page, 'en');
    // What was refused can be put aside, and asked for again.
    await page.getByRole('alert').getByRole('button', { name: en.action.dismiss }).click();
    await page.getByText(say(en.events.unread, { count: GROWN })).waitFor();
    await press(en.events.readAgain);
    await page.getByText(en.problem.CID_LIMIT_EXCEEDED).waitFor();
    use({ limitIds: 1000 });
    await expect
      .poll(() => page.getByRole('button', { name: en.action.retry, exact: true }).isEnabled(), { timeout: 30_000 })
      .toBe(true);
    await press(en.action.retry);
    await page.waitForURL(() => shownJob('job') !== job);
    await expect.poll(() => page.getByText(say(en.events.unread, { count: GROWN })).count()).toBe(0);
  });

  it('leaves the rows of a lot that is chosen elsewhere, and can be left while its events are asked for', async () => {
    const search = page.getByRole('searchbox', { name: en.lineage.search });
    await search.fill(LOT);
    await nodeNamed(LOT).click();
    const shown = page.getByText(/^Records: [1-9]\d* of \d+$/);
    await shown.waitFor();
    await page.getByText(en.events.filtering, { exact: true }).waitFor({ state: 'detached' });
    const records = await shown.textContent();
    await page.getByRole('grid').evaluate((grid) => {
      const noted = Object.assign(window, { changes: 0 });
      const observer = new MutationObserver((changes) => (noted.changes += changes.length));
      observer.observe(grid, { attributes: true, attributeFilter: ['aria-busy', 'aria-rowcount'] });
    });
    await search.fill(WAFER);
    await growBackward(WAFER).click();
    await page.getByText(say(en.events.unread, { count: GROWN })).waitFor();
    await nodeNamed(`${WAFER}-B1`).waitFor();
    expect(await shown.textContent()).toBe(records);
    expect(await page.evaluate(() => (window as unknown as { changes: number }).changes)).toBe(0);
    const job = shownJob('job');
    use({ stageMs: 60_000 });
    await press(en.events.readAgain);
    await page.getByText(en.events.askingAgain).waitFor();
    await press(en.lineage.cancelGrowth);
    await page.getByText(say(en.events.unread, { count: GROWN })).waitFor();
    expect(shownJob('job')).toBe(job);
  });

  it('has events that cannot be read before those from before have ended', async () => {
    const { promise: end, resolve: letEnd } = Promise.withResolvers<void>();
    use({ beforeEnd: end });
    await page.locator('button[type=submit]').click();
    await page.getByRole('button', { name: en.cancel.action, exact: true }).waitFor();
    await page.getByRole('searchbox', { name: en.lineage.search }).fill(WAFER);
    await growBackward(WAFER).click();
    const offer = page.getByRole('status').filter({ hasText: say(en.events.unread, { count: GROWN }) });
    await offer.filter({ hasText: en.events.unreadLater }).waitFor();
    expect(await page.getByRole('button', { name: en.events.readAgain }).count()).toBe(0);
    letEnd();
    await offer.getByRole('button', { name: en.events.readAgain }).waitFor();
    expect(await offer.textContent()).not.toContain(en.events.unreadLater);
  });
});
