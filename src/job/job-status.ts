import type { JobState, JobStatus, JobSummary, Progress } from '#protocol/job.ts';
import type { JobSpec } from '#protocol/lease.ts';
import type { DomainRow } from './log-rows.ts';
import type { JobLife } from './job-life.ts';
import { sha256Hex, qualityOf } from './log-lines.ts';

/** What callers are told of a job: built from its rows, without anything that ages by itself. Pure. */
export interface StatusFacts {
  readonly spec: JobSpec;
  readonly life: JobLife;
  readonly domains: readonly DomainRow[];
  readonly progress: Progress;
}

export function jobStatus({ spec, life, domains, progress }: StatusFacts): JobStatus {
  const byDomain: JobStatus['domains'] = {};
  for (const row of domains) {
    byDomain[row.name] = {
      records: row.records,
      ids_done: row.idsDone,
      ids: spec.cid_count,
      ended: row.outcome !== undefined,
    };
  }
  return {
    job_id: spec.job_id,
    kind: spec.kind,
    lane: spec.lane,
    profile: spec.profile,
    site: spec.site,
    state: life.state,
    generation: life.generation,
    cid_count: spec.cid_count,
    domains: byDomain,
    progress,
    ...(life.endedAtMs === undefined ? {} : { quality: qualityOf(domains) }),
    ...(life.error ? { error: life.error } : {}),
    ...(life.database ? { database: life.database } : {}),
    created_at: utc(life.createdAtMs),
    ...(life.startedAtMs === undefined ? {} : { started_at: utc(life.startedAtMs) }),
    ...(life.endedAtMs === undefined ? {} : { ended_at: utc(life.endedAtMs) }),
    deadline_at: utc(life.deadlineAtMs),
    ...(life.expiresAtMs === undefined ? {} : { expires_at: utc(life.expiresAtMs) }),
    ...jobUrls(spec.job_id),
  };
}

/** Where a job is read. */
export function jobUrls(jobId: string): Pick<JobStatus, 'stream_url' | 'result_url'> {
  return { stream_url: `/api/trace/job/${jobId}/stream`, result_url: `/api/trace/job/${jobId}/result` };
}

export function jobSummary(status: JobStatus): JobSummary {
  const { domains: _domains, ...summary } = status;
  return summary;
}

/** Strong ETag of a status: equal bytes, equal tag. The state stands in front: it tells mere progress from a new state. */
export function etagOf(status: JobStatus): string {
  return `"${status.state}-${sha256Hex(JSON.stringify(status)).slice(0, 32)}"`;
}

/** Whether a tag, one with a place in the queue too, was made of a job in this state. */
export function isTagOfState(etag: string, state: JobState): boolean {
  return etag.startsWith(`"${state}-`);
}

export function utc(ms: number): string {
  return new Date(ms).toISOString();
}
