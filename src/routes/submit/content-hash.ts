import { STATEMENT_SET_VERSION } from '#protocol/version.ts';
import { sha256Hex } from '../../access/digest.ts';

/** JSON with sorted members, so that equal values have equal text; members that are `undefined` are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

/** What makes two requests equal. Lists of ids stand in it as their own digest. */
export async function hashContent(content: Readonly<Record<string, unknown>>): Promise<string> {
  return sha256Hex(canonicalJson({ ...content, statement_set: STATEMENT_SET_VERSION }));
}
