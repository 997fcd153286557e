import type { Env } from '../env.ts';
import type { JobApi } from '../job/job-api.ts';
import type { SiteApi } from './site-api.ts';

/**
 * How the Worker and the objects reach one another. The platform's own stub types turn an answer with a member of type
 * `unknown` into `never`; the interfaces say what really crosses.
 */

/** The Job object of an id, or `undefined` for text that never was an id of one. No object is touched by asking. */
export function jobStub(env: Env, jobId: string): JobApi | undefined {
  if (!/^[0-9a-f]{64}$/.test(jobId)) return undefined;
  try {
    return env.JOB.get(env.JOB.idFromString(jobId));
  } catch {
    return undefined;
  }
}

/** The Site object of a declared site. */
export function siteStub(env: Env, site: string): SiteApi {
  return env.SITE.getByName(site);
}
