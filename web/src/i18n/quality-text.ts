import type { Quality } from '#protocol/job.ts';
import { t } from './language.ts';
import { listText } from './list-text.ts';

/** Whether something of it is missing, and something is there. */
export function isIncomplete(quality: Quality | undefined): boolean {
  return quality?.status === 'partial' || quality?.status === 'truncated';
}

/** What is missing of a result, and what to do about it, in the present language; reactive. */
export function qualityText({ status, failed_domains, truncated_domains }: Quality): string {
  const domains = [...failed_domains, ...truncated_domains].map((domain) => t(`domain.${domain}`));
  return t(status === 'truncated' ? 'end.truncated' : 'end.partial', { domains: listText(domains) });
}
