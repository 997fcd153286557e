import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { zhTw } from '../../web/src/i18n/zh-tw.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { lookAround, speak } from '../helpers/browser-look-around.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

const LOT = 'GA26011704-A00-003';
/** What a proxy on the way answers. */
const HTML = '<html><body><h1>Sorry</h1></body></html>';
const WAIT_SECONDS = 37;

let server: DemoServer;
let url: string;
usePage();
beforeAll(async () => {
  server = new DemoServer({ records: 600, paceMs: 0 });
  url = await server.start();
});
afterAll(() => server?.stop());
beforeEach(() => {
  server.options = { records: 600, paceMs: 0 };
});

async function answer(path: string, status: number, headers: Record<string, string> = {}): Promise<void> {
  await page.route(path, (route) => route.fulfill({ status, contentType: 'text/html', body: HTML, headers }));
}

/** Every text that any button had from now on. */
async function watchButtons(): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const seen = new Set<string>();
    Object.assign(window, { buttonTexts: seen });
    const look = (): void => {
      for (const button of document.querySelectorAll('button')) seen.add(button.textContent.trim());
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => [...(window as unknown as { buttonTexts: Set<string> }).buttonTexts]);
}

const possibleAgain = () => page.getByRole('button', { name: /^Possible again in 3\d s$/ });

describe('a refusal', () => {
  it('of something between page and server has its sentence all the same', async () => {
    await page.goto(url);
    const sentences = [
      [403, en.problem.FORBIDDEN],
      [404, en.problem.NOT_FOUND],
      [410, en.problem.JOB_RESULT_EXPIRED],
      [413, en.problem.BODY_TOO_LARGE],
      [429, en.problem.RATE_LIMITED],
      [502, en.problem.SERVER_UNAVAILABLE],
      [503, en.problem.SERVER_UNAVAILABLE],
      [504, en.problem.SERVER_TIMEOUT],
    ] as const;
    for (const [status, sentence] of sentences) {
      await answer('**/api/trace/seed-resolve', status);
      await startTrace(page, undefined, LOT);
      await page.getByRole('alert').getByText(sentence).waitFor();
      expect(await page.getByRole('alert').locator('[lang=en]').count()).toBe(0);
      await page.unroute('**/api/trace/seed-resolve');
    }
  });

  it('counts down to when the same query is possible again, from the first moment on', async () => {
    const texts = await watchButtons();
    await answer('**/api/trace/lineage', 429, { 'retry-after': String(WAIT_SECONDS) });
    await startTrace(page, url, LOT);
    await possibleAgain().waitFor();
    expect(await possibleAgain().isDisabled()).toBe(true);
    await page.getByRole('button', { name: `Possible again in ${WAIT_SECONDS - 1} s` }).waitFor();
    expect((await texts()).filter((text) => text === `Possible again in ${WAIT_SECONDS + 1} s`)).toEqual([]);
  });

  it('without a wait can be tried again at once', async () => {
    const texts = await watchButtons();
    await answer('**/api/trace/lineage', 429);
    await startTrace(page, url, LOT);
    await page.getByRole('button', { name: en.action.retry }).waitFor();
    expect((await texts()).filter((text) => text.startsWith('Possible again'))).toEqual([]);
    await page.unroute('**/api/trace/lineage');
    await page.getByRole('button', { name: en.action.retry }).click();
    await waitForProof(page);
  });

  it('of the list of jobs says when it can be asked for again', async () => {
    await answer('**/api/trace/jobs?*', 429, { 'retry-after': String(WAIT_SECONDS) });
    await page.goto(`${url}/jobs`);
    await page.getByRole('alert').getByText(en.problem.RATE_LIMITED).waitFor();
    expect(await possibleAgain().isDisabled()).toBe(true);
    expect(await lookAround(watched, 'jobs-refused', 'piece')).toEqual([]);
  });

  it('of more of the lineage says when it can be asked for again', async () => {
    await startTrace(page, url, LOT);
    await waitForProof(page);
    await answer('**/api/trace/lineage', 429, { 'retry-after': String(WAIT_SECONDS) });
    await page
      .locator('[data-knob]')
      .filter({ hasText: /^Load what/ })
      .first()
      .dispatchEvent('click');
    await page.getByText(en.problem.RATE_LIMITED).waitFor();
    expect(await possibleAgain().isDisabled()).toBe(true);
  });

  it('has the words of the server as a detail, marked as the English that they are', async () => {
    server.options = { ...server.options, refuse: 'BRIDGE_UNAVAILABLE' };
    await page.goto(url);
    await speak(page, 'zh-TW');
    await startTrace(page, undefined, LOT);
    const alert = page.getByRole('alert');
    await alert.getByText(zhTw.problem.BRIDGE_UNAVAILABLE).waitFor();
    expect(await alert.locator('[lang=en]').allTextContents()).toEqual(['As the demonstration was told.']);
    await alert.getByText(zhTw.action.detail).waitFor();
    expect(await lookAround(watched, 'refused-detail', 'piece')).toEqual([]);
  });
});
