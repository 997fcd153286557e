import { setTimeout as delay } from 'node:timers/promises';
import type { JobStatus } from '#protocol/job.ts';

/** Plain calls of the API, as any client would make them. */

export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** Submits an `events` job of its own and answers its id. */
export async function submitEvents(url: string, body: Record<string, unknown>): Promise<string> {
  const request = { profile: 'mid_section_defect', ...body };
  const response = await post(`${url}/api/trace/events`, request, {
    prefer: 'respond-async',
    'cache-control': 'no-cache',
  });
  const accepted = (await response.json()) as { job_id?: string };
  if (response.status !== 202 || !accepted.job_id) throw new Error(`${response.status} ${JSON.stringify(accepted)}`);
  return accepted.job_id;
}

export async function statusOf(url: string, jobId: string): Promise<JobStatus> {
  return (await (await fetch(`${url}/api/trace/job/${jobId}`)).json()) as JobStatus;
}

/** Waits with long-polls until the job is as asked. */
export async function waitForJob(
  url: string,
  jobId: string,
  wanted: (status: JobStatus) => boolean,
): Promise<JobStatus> {
  const until = Date.now() + 120_000;
  let etag = '';
  for (;;) {
    const headers: Record<string, string> = etag ? { 'if-none-match': etag, prefer: 'wait=5' } : {};
    const response = await fetch(`${url}/api/trace/job/${jobId}`, { headers });
    if (response.status === 200) {
      const status = (await response.json()) as JobStatus;
      if (wanted(status)) return status;
      etag = response.headers.get('etag') ?? '';
    } else await response.body?.cancel();
    if (Date.now() > until) throw new Error('the job did not come so far');
  }
}

const HEALTH_POLL_MS = 100;
const UNAVAILABLE = 503;

/** Waits until the edge says that it has no bridge: its word may be a second old. */
export async function waitForNoBridge(url: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  for (;;) {
    const health = await fetch(`${url}/api/healthz`, { signal });
    await health.body?.cancel();
    if (health.status === UNAVAILABLE) return;
    await delay(HEALTH_POLL_MS, undefined, { signal });
  }
}
