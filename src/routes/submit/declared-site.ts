import { ProblemError } from '#protocol/problem.ts';
import type { Settings } from '../../settings.ts';

/** The site a call names, or the default one. @throws ProblemError `SITE_NOT_FOUND` before any object is touched. */
export function declaredSite(site: string | undefined, settings: Settings): string {
  if (site === undefined) return settings.sites[0];
  if (settings.sites.includes(site)) return site;
  throw new ProblemError('SITE_NOT_FOUND', `There is no site ${site}.`, { members: { sites: settings.sites } });
}
