import type { Domain, Profile } from '#protocol/domain.ts';
import { defaultEventDomains } from '#protocol/domain.ts';
import { DEFAULT_DIRECTION, eventsRequestSchema } from '#protocol/trace.ts';
import { sha256Hex } from '../../access/digest.ts';
import type { Env } from '../../env.ts';
import { settingsOf } from '../../settings.ts';
import { findJob, jobNotFound } from '../find-job.ts';
import { parseWith } from '../http/validate.ts';
import { declaredSite } from './declared-site.ts';
import { limitIdsOf } from './id-limit.ts';
import type { IdMembers } from './id-source.ts';
import { packIds } from './id-source.ts';

/** The body of an `events` call, checked but for its ids, which are followed only when the limit is known. */
export interface CheckedEvents {
  readonly site: string;
  readonly profile: Profile;
  /** Distinct. */
  readonly domains: readonly Domain[];
  readonly ids: IdMembers;
  /** What the cache key has besides site, profile, domains and ids. */
  readonly content: Readonly<Record<string, unknown>>;
  /** Most ids of one job of the profile. */
  readonly limitIds: number;
}

/** @throws ProblemError for a body that cannot be used, or that names a lineage which is not there. */
export async function checkEvents(env: Env, body: unknown): Promise<CheckedEvents> {
  const settings = settingsOf(env);
  const {
    site: named,
    profile,
    domains,
    params,
    seed_container_ids,
    lineage_job_id,
    ...ids
  } = parseWith(eventsRequestSchema, body);
  const site = declaredSite(named, settings);
  const seeds = seed_container_ids && packIds(seed_container_ids, 'seed_container_ids');
  if (lineage_job_id !== undefined) {
    const lineage = await findJob(env, lineage_job_id);
    if (lineage.status.site !== site || lineage.status.kind !== 'lineage') throw jobNotFound();
  }
  const direction = params?.direction ?? DEFAULT_DIRECTION[profile];
  return {
    site,
    profile,
    domains: [...new Set(domains ?? defaultEventDomains(profile, direction))],
    ids,
    content: { seeds_sha256: seeds && (await sha256Hex(seeds)), lineage_job_id },
    limitIds: limitIdsOf(profile, settings),
  };
}
