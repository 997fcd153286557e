import { CONTAINER_ID_MEMBER } from '#protocol/domain.ts';
import { CONTAINER_ID_BYTES, InvalidContainerIdError, packContainerIds } from '#protocol/ids.ts';
import type { JobStatus } from '#protocol/job.ts';
import { isTerminal } from '#protocol/job.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { ContainerIdsFrom, IdsRange, SplitPart } from '#protocol/trace.ts';
import { sha256Hex } from '../../access/digest.ts';
import type { Env } from '../../env.ts';
import { splitPlan } from '../../limits/split-plan.ts';
import { findJob, jobNotFound } from '../find-job.ts';

/** Members of a body that say which containers a job is about. */
export interface IdMembers {
  readonly container_ids?: readonly unknown[] | undefined;
  readonly container_ids_from?: ContainerIdsFrom | undefined;
  readonly ids_range?: IdsRange | undefined;
}

/** The ids of a job: packed and cut to the range, or a reference that the Job object follows itself. */
export type IdSource =
  | { readonly ids: Uint8Array; readonly count: number; readonly content: Readonly<Record<string, unknown>> }
  | {
      readonly idsFrom: ContainerIdsFrom;
      readonly idsRange: IdsRange | undefined;
      /** Never less than the number of ids: duplicates are not yet dropped. */
      readonly count: number;
      readonly content: Readonly<Record<string, unknown>>;
    };

export interface IdRules {
  readonly site: string;
  /** Most ids of one job. */
  readonly limitIds: number;
}

/** @throws ProblemError `INVALID_PARAMS`, `CID_LIMIT_EXCEEDED`; by reference also `JOB_NOT_FOUND`, `JOB_NOT_COMPLETE`. */
export async function readIdSource(env: Env, body: IdMembers, rules: IdRules): Promise<IdSource> {
  if (body.container_ids !== undefined && body.container_ids_from === undefined)
    return packInline(body.container_ids, body.ids_range, rules);
  if (body.container_ids_from !== undefined && body.container_ids === undefined)
    return followReference(env, body.container_ids_from, { range: body.ids_range, site: rules.site });
  throw new ProblemError('INVALID_PARAMS', 'The request must have either container_ids or container_ids_from.');
}

async function packInline(list: readonly unknown[], range: IdsRange | undefined, rules: IdRules): Promise<IdSource> {
  const all = packIds(list, 'container_ids');
  const from = Math.min(range?.from ?? 0, all.byteLength / CONTAINER_ID_BYTES);
  const to = Math.min(range?.to ?? Number.POSITIVE_INFINITY, all.byteLength / CONTAINER_ID_BYTES);
  if (from === to) throw new ProblemError('INVALID_PARAMS', 'There is no container id to work on.');
  if (to - from > rules.limitIds) throw tooManyIds(to - from, from, rules.limitIds);
  const ids = all.slice(from * CONTAINER_ID_BYTES, to * CONTAINER_ID_BYTES);
  return { ids, count: to - from, content: { ids_sha256: await sha256Hex(ids) } };
}

/** The plan counts over all ids of the caller, so the parts of a range begin where the range does. */
function tooManyIds(count: number, from: number, limitIds: number): ProblemError {
  const split_plan = planFrom(from, count, limitIds);
  return new ProblemError('CID_LIMIT_EXCEEDED', `${count} containers are more than the ${limitIds} of one job.`, {
    members: { ids: count, limit: limitIds, split_plan },
  });
}

export function planFrom(from: number, count: number, limitIds: number): SplitPart[] {
  return splitPlan(count, limitIds).map(({ ids, ids_range }) => ({
    ids_range: { from: from + ids_range.from, to: from + ids_range.to },
    ids,
  }));
}

/** Packed ids. @throws ProblemError that names the place of the first value that is no id. */
export function packIds(list: readonly unknown[], member: string): Uint8Array {
  try {
    return packContainerIds(list);
  } catch (cause) {
    if (!(cause instanceof InvalidContainerIdError)) throw cause;
    const detail = `${member}[${cause.index}] must be 16 lower-case hex digits.`;
    throw new ProblemError('INVALID_PARAMS', detail, { members: { index: cause.index } });
  }
}

async function followReference(
  env: Env,
  idsFrom: ContainerIdsFrom,
  { range, site }: { range: IdsRange | undefined; site: string },
): Promise<IdSource> {
  const { status } = await findJob(env, idsFrom.job_id);
  if (status.site !== site) throw jobNotFound();
  requireIds(status, idsFrom.domain);
  const records = status.domains[idsFrom.domain]?.records ?? 0;
  const count = Math.min(records, range === undefined ? records : range.to - range.from);
  return { idsFrom, idsRange: range, count, content: { ids_from: idsFrom, ids_range: range } };
}

/** Ids of a domain that is whole: half a lineage would give half the events without anybody noticing. */
function requireIds(status: JobStatus, domain: ContainerIdsFrom['domain']): void {
  if (CONTAINER_ID_MEMBER[domain] === undefined || !status.domains[domain]) {
    const detail = `container_ids_from.domain: the records of ${domain} of that job name no container.`;
    throw new ProblemError('INVALID_PARAMS', detail);
  }
  const whole = status.state === 'succeeded' || status.state === 'partial';
  if (whole && !status.quality?.failed_domains.includes(domain)) return;
  const detail = isTerminal(status.state)
    ? 'The job that container_ids_from names ended without a whole answer.'
    : 'The job that container_ids_from names has not ended yet.';
  throw new ProblemError('JOB_NOT_COMPLETE', detail, { members: { job_id: status.job_id, state: status.state } });
}
