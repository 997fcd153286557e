/** Those of `all` that are named in a list with commas, in their own order. */
export function namedMembers<Name extends string>(all: readonly Name[], list: string | null | undefined): Name[] {
  const named = new Set<string>(list?.split(','));
  return all.filter((name) => named.has(name));
}
