import type { NODE_TYPES } from '#protocol/trace.ts';
import { withoutPrefix } from './name-prefix.ts';

export type NodeType = (typeof NODE_TYPES)[number];

/** The first that holds: the origin of a wafer, then the prefix of order or name, then the type of the object. */
export function nodeTypeOf(
  container: { readonly name: string | null; readonly order: string | null; readonly objectType: string | null },
  isWaferOrigin: boolean,
): NodeType {
  if (isWaferOrigin) return 'WAFER';
  const name = container.name === null ? null : withoutPrefix(container.name);
  const prefix = (['GD', 'GC', 'GA'] as const).find(
    (candidate) => container.order?.startsWith(candidate) || name?.startsWith(candidate),
  );
  return prefix ?? (container.objectType === 'LOT' ? 'LOT' : 'UNKNOWN');
}
