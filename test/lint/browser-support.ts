import bcd from '@mdn/browser-compat-data' with { type: 'json' };
import type { Identifier, SimpleSupportStatement } from '@mdn/browser-compat-data';
import { OLDEST_BROWSERS } from '../../web/browsers.ts';

/**
 * The browsers of the page that lack a feature, `safari 17`; none if all have it, or nothing is known of it. A feature
 * behind a flag or under another name is lacked; one that is there in part is not.
 */
export function lackedBy(feature: Identifier | undefined): string[] {
  const support = feature?.__compat?.support;
  if (support === undefined) return [];
  return Object.entries(OLDEST_BROWSERS).flatMap(([browser, version]) => {
    const said = support[browser as keyof typeof support];
    const statements = said === undefined ? [] : [said].flat();
    return said === undefined || statements.some((statement) => isThere(statement, version))
      ? []
      : [`${browser} ${version}`];
  });
}

function isThere(statement: SimpleSupportStatement, version: string): boolean {
  const { version_added: added, version_removed: removed, flags, prefix, alternative_name: alias } = statement;
  if (typeof added !== 'string' || added === 'preview') return false;
  if (flags !== undefined || prefix !== undefined || alias !== undefined) return false;
  const isGone = typeof removed === 'string' && compareVersions(removed, version) <= 0;
  return compareVersions(added, version) <= 0 && !isGone;
}

function compareVersions(one: string, other: string): number {
  const [ones, others] = [one, other].map((text) => text.replace('≤', '').split('.').map(Number));
  for (let at = 0; at < Math.max(ones?.length ?? 0, others?.length ?? 0); at++) {
    const difference = (ones?.[at] ?? 0) - (others?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A feature by its path, `css.properties.field-sizing`; `undefined` if there is no such one. */
export function featureAt(...path: readonly string[]): Identifier | undefined {
  let at = bcd as unknown as Identifier | undefined;
  for (const name of path) at = at !== undefined && Object.hasOwn(at, name) ? at[name] : undefined;
  return at;
}

/** The names directly below a feature. */
export function namesBelow(feature: Identifier | undefined): string[] {
  return Object.keys(feature ?? {}).filter((name) => name !== '__compat' && name !== '__meta');
}
