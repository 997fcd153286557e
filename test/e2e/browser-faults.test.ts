import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage, watched } from '../helpers/browser-page.ts';
import { gridRecords } from '../helpers/browser-grid.ts';
import { statusOf, submitEvents, waitForJob, waitForNoBridge } from '../helpers/edge-calls.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';

const CONTAINERS = 12_000;
/** Enough that a job of so many is still running when the first rows are on screen. */
const LONG_JOB = 6000;
/** Longer than a trace may run before its cancel is asked back. */
const LONG_MS = 11_000;

let plant: Plant;
let ids: string[];
usePage();
beforeAll(async () => {
  const warehouseFile = await sampleFile(CONTAINERS);
  ids = await sampleIds(warehouseFile, CONTAINERS);
  plant = await startPlant({ warehouseFile });
});
afterAll(() => plant?.stop());

/** Opens a job that runs for a while, and waits for its first rows. */
async function openLongJob(): Promise<string> {
  const jobId = await submitEvents(plant.url, { container_ids: ids.slice(0, LONG_JOB), domains: EVENT_DOMAINS });
  await page.goto(`${plant.url}/?job=${jobId}`);
  await page.getByRole('gridcell').first().waitFor();
  expect((await statusOf(plant.url, jobId)).state).toBe('running');
  return jobId;
}

async function withoutBridge(work: () => Promise<void>): Promise<void> {
  await plant.bridge.stop();
  try {
    await waitForNoBridge(plant.url);
    await work();
  } finally {
    await plant.startBridge();
  }
}

describe('a stream that is cut', () => {
  it('goes on by itself when the edge is killed under it, says so, and is proven whole', async () => {
    const jobId = await openLongJob();
    const told = page.getByText(/^Connection cut\. Resuming/).waitFor();
    await plant.edge.crash();
    await told;
    await waitForProof(page);
    const { domains } = await waitForJob(plant.url, jobId, (status) => status.state === 'succeeded');
    for (const domain of EVENT_DOMAINS) {
      await page.getByRole('tab', { name: en.domain[domain], exact: false }).first().click();
      await page.getByText(`Records: ${(domains[domain]?.records ?? 0).toLocaleString('en')}`).waitFor();
    }
    expect(await page.getByText(/^Resumed: [1-9]/).count()).toBe(1);
  });
});

describe('cancel', () => {
  it('answers at once, keeps what arrived, and says what the database said', async () => {
    const jobId = await openLongJob();
    // In the frame after the click the button says it.
    const answered = await page
      .getByRole('button', { name: en.cancel.action, exact: true })
      .evaluate((button: HTMLElement) => {
        button.click();
        return new Promise((resolve) => requestAnimationFrame(() => resolve(button.textContent)));
      });
    expect(answered).toBe(en.cancel.asked);
    const { database } = await waitForJob(plant.url, jobId, (status) =>
      ['confirmed', 'terminated', 'not_running', 'unconfirmed'].includes(status.database ?? ''),
    );
    expect(database).toBe('confirmed');
    await page.getByText(`${en.end.cancelled} ${en.database.confirmed}`).waitFor();
    expect((await statusOf(plant.url, jobId)).state).toBe('cancelled');
    expect(await gridRecords(page)).toBeGreaterThan(0);
    expect(await page.getByText(en.end.proven, { exact: true }).count()).toBe(0);
  });

  it('asks back when the job has run for long, and says when the database never confirmed', async () => {
    await page.clock.install();
    const jobId = await openLongJob();
    await plant.bridge.kill();
    try {
      await page.clock.fastForward(LONG_MS);
      const cancel = page.getByRole('button', { name: en.cancel.action, exact: true });
      await cancel.click();
      const dialog = page.getByRole('alertdialog', { name: en.cancel.title });
      await dialog.getByRole('button', { name: en.cancel.keep }).click();
      await dialog.waitFor({ state: 'hidden' });
      await expect.poll(() => cancel.evaluate((element) => element === document.activeElement)).toBe(true);
      expect((await statusOf(plant.url, jobId)).state).toBe('running');
      await cancel.click();
      await watched.shoot('cancel-asked-en-light');
      await dialog.getByRole('button', { name: en.cancel.confirm }).click();
      await page.getByText(`${en.end.cancelled} ${en.database.unconfirmed}`).waitFor();
      await watched.shoot('cancelled-en-light');
    } finally {
      await plant.startBridge();
    }
  });
});

describe('a refusal', () => {
  it('says that the factory is not connected, and the same query works when it is', async () => {
    await withoutBridge(async () => {
      await startTrace(page, plant.url, 'GA26011704-A00');
      await page.getByRole('alert').getByText(en.problem.BRIDGE_UNAVAILABLE).waitFor();
      await page.getByText(en.health.noBridge).waitFor();
      await watched.shoot('no-bridge-en-light');
    });
    await page.getByRole('button', { name: en.action.retry }).click();
    await waitForProof(page);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('says that a job is not known, and names the request', async () => {
    await page.goto(`${plant.url}/?job=${'0'.repeat(64)}`);
    const alert = page.getByRole('alert');
    await alert.getByText(en.problem.JOB_NOT_FOUND).waitFor();
    expect(await alert.innerText()).toMatch(/Request [0-9a-f-]{36}/);
    await watched.shoot('unknown-job-en-light');
  });

  it('says that the server cannot be reached, and the same query works when it can', async () => {
    // Every script of the page and of its worker has come when something was read.
    await startTrace(page, plant.url, 'GA26011704-A00');
    await waitForProof(page);
    await page.context().setOffline(true);
    await startTrace(page, undefined, 'GA26011704-A00');
    await page.getByRole('alert').getByText(en.problem.OFFLINE).waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: en.action.retry }).click();
    await waitForProof(page);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('says that a part of the page could not be loaded, and works when it can', async () => {
    await page.route(/trace-worker/, (route) => route.abort());
    await page.goto(plant.url);
    await page.getByRole('alert').getByText(en.problem.PAGE_FAILED).waitFor();
    await page.unroute(/trace-worker/);
    await page.getByRole('button', { name: en.action.reload }).click();
    await startTrace(page, undefined, 'GA26011704-A00');
    await waitForProof(page);
    expect(await page.getByRole('alert').count()).toBe(0);
    // As behind a deployment: the other pages of what is open are gone.
    await page.route(/JobsPage/, (route) => route.abort());
    const goTo = (name: string) => page.getByRole('navigation').getByRole('link', { name }).click();
    await goTo(en.nav.jobs);
    await page.getByRole('alert').getByText(en.problem.PAGE_FAILED).waitFor();
    await goTo(en.nav.status);
    await page.getByRole('heading', { name: en.status.title }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('says that too many traces run, and when it is possible again', async () => {
    const running = await Promise.all(
      Array.from({ length: 5 }, () => submitEvents(plant.url, { container_ids: ids, domains: EVENT_DOMAINS })),
    );
    await startTrace(page, plant.url, 'GA26*');
    await page.getByRole('alert').getByText(en.problem.CONCURRENT_JOB_LIMIT).waitFor();
    expect(await page.getByRole('button', { name: /^Possible again in \d+ s$/ }).isDisabled()).toBe(true);
    // What was not found out is not called none.
    expect(await page.getByRole('region', { name: en.found.title }).getByText(en.progress.unknown).count()).toBe(2);
    await watched.shoot('refused-en-light');
    await Promise.all(running.map((id) => fetch(`${plant.url}/api/trace/job/${id}`, { method: 'DELETE' })));
  });
});
