import { NAME_PREFIX } from '#protocol/name-prefix.ts';

export function withoutPrefix(name: string): string {
  return name.startsWith(NAME_PREFIX) ? name.slice(NAME_PREFIX.length) : name;
}

/** The two ways in which the warehouse may have a name, so that it is found by its index. */
export function formsOfName(name: string): [plain: string, prefixed: string] {
  const plain = withoutPrefix(name);
  return [plain, NAME_PREFIX + plain];
}
