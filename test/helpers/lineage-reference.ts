/**
 * The genealogy told a second time, naively and apart from the product: breadth first, a set a question, paths found by
 * relaxation. Slow, and easy to see to be right.
 */
export interface Genealogy {
  /** Container → split parent; what has none is absent. A parent need not be a key. */
  readonly parents: ReadonlyMap<string, string>;
  /** Pairs of source and target. */
  readonly merges: readonly (readonly [string, string])[];
  /** Pairs of a container and its serial number; for the way forward. */
  readonly serials?: readonly (readonly [string, string])[];
}

export interface ReferenceLineage {
  /** Container → least number of steps from a seed, which is 1. */
  readonly levels: ReadonlyMap<string, number>;
  /** `from type to`, sorted. */
  readonly edges: readonly string[];
  /** Seed → ids of its topmost ancestors; itself if it has none. */
  readonly roots: ReadonlyMap<string, readonly string[]>;
}

const MAX_LEVELS = 20;

export function referenceLineage(genealogy: Genealogy, seeds: readonly string[]): ReferenceLineage {
  const { parents, merges } = genealogy;
  const known = splitClosure(parents, seeds);
  const sources = merges.filter(([source, target]) => source !== target && known.has(target)).map(([source]) => source);
  const targets = new Set(known);
  for (const container of splitClosure(
    parents,
    sources.filter((source) => !targets.has(source)),
  )) {
    known.add(container);
  }
  const steps: [string, string, string][] = [];
  for (const [child, parent] of parents) {
    if (child !== parent && known.has(child) && known.has(parent)) steps.push([parent, 'split_from', child]);
  }
  for (const [source, target] of merges) {
    if (source !== target && targets.has(target)) steps.push([source, 'merge_source', target]);
  }
  return {
    levels: relax(steps, seeds),
    edges: [...new Set(steps.map((step) => step.join(' ')))].toSorted(),
    roots: new Map(seeds.map((seed) => [seed, rootsOf(steps, seed)])),
  };
}

export interface ForwardReference extends ReferenceLineage {
  readonly serials: ReadonlyMap<string, readonly string[]>;
  /** Whether a walk stopped although there was a next generation. */
  readonly truncated: boolean;
}

export function referenceForward(
  genealogy: Genealogy,
  seeds: readonly string[],
  followMerges: boolean,
): ForwardReference {
  const { parents, merges, serials = [] } = genealogy;
  const children = (id: string): string[] => [
    ...[...parents].filter(([child, parent]) => parent === id && child !== id).map(([child]) => child),
    ...(followMerges ? merges.filter(([source, target]) => source === id && target !== id) : []).map(([, to]) => to),
  ];
  const above = splitClosure(parents, seeds);
  const starts = [...seeds, ...seeds.map((seed) => topOf(parents, seed))];
  const family = new Set(above);
  let generation = new Set(starts);
  for (let level = 1; level <= MAX_LEVELS; level++) {
    for (const id of generation) family.add(id);
    generation = new Set([...generation].flatMap(children));
  }
  const cutBelow = [...generation].filter((id) => !family.has(id));
  const splitParents = new Set([...parents].filter(([child, parent]) => child !== parent).map(([, parent]) => parent));
  const leaves = new Set([...family].filter((id) => !splitParents.has(id)));

  const known = new Set(family);
  const steps: [string, string, string][] = [];
  for (const [source, target] of merges) {
    if (source === target || !family.has(target)) continue;
    known.add(source);
    steps.push([source, 'merge_source', target]);
  }
  for (const [child, parent] of parents) {
    if (child !== parent && known.has(child) && known.has(parent)) steps.push([parent, 'split_from', child]);
  }
  const flipped = steps.map(([from, type, to]): [string, string, string] => [to, type, from]);
  const down = relax(flipped, seeds);
  return {
    levels: new Map([...relax([...steps, ...flipped], seeds), ...down]),
    edges: [...new Set(steps.map((step) => step.join(' ')))].toSorted(),
    roots: new Map(seeds.map((seed) => [seed, rootsOf(steps, seed)])),
    serials: new Map(
      [...leaves].flatMap((leaf): [string, string[]][] => {
        const own = new Set(serials.filter(([id]) => id === leaf).map(([, serial]) => serial));
        return own.size === 0 ? [] : [[leaf, [...own].toSorted()]];
      }),
    ),
    truncated: cutBelow.length > 0 || isCutAbove(parents, seeds, above),
  };
}

/** The last of a lot's split ancestors that is not met twice. */
function topOf(parents: ReadonlyMap<string, string>, seed: string): string {
  const line = new Set([seed]);
  let top = seed;
  for (let level = 2; level <= MAX_LEVELS; level++) {
    const parent = parents.get(top);
    if (parent === undefined || line.has(parent)) break;
    line.add(parent);
    top = parent;
  }
  return top;
}

function isCutAbove(
  parents: ReadonlyMap<string, string>,
  seeds: readonly string[],
  above: ReadonlySet<string>,
): boolean {
  let generation = [...seeds];
  for (let level = 1; level <= MAX_LEVELS; level++) generation = generation.flatMap((id) => parents.get(id) ?? []);
  return generation.some((id) => !above.has(id));
}

function splitClosure(parents: ReadonlyMap<string, string>, starts: readonly string[]): Set<string> {
  const reached = new Set(starts);
  let generation = [...starts];
  for (let level = 2; level <= MAX_LEVELS; level++) {
    generation = generation.flatMap((child) => parents.get(child) ?? []).filter((parent) => parent !== '');
    for (const parent of generation) reached.add(parent);
  }
  return reached;
}

function relax(steps: readonly (readonly [string, string, string])[], seeds: readonly string[]): Map<string, number> {
  const levels = new Map(seeds.map((seed) => [seed, 1]));
  for (let changed = true; changed;) {
    changed = false;
    for (const [parent, , child] of steps) {
      const level = (levels.get(child) ?? Number.POSITIVE_INFINITY) + 1;
      if (level < (levels.get(parent) ?? Number.POSITIVE_INFINITY)) {
        levels.set(parent, level);
        changed = true;
      }
    }
  }
  return levels;
}

function rootsOf(steps: readonly (readonly [string, string, string])[], seed: string): string[] {
  const ancestors = new Set([seed]);
  for (let size = 0; size !== ancestors.size;) {
    size = ancestors.size;
    for (const [parent, , child] of steps) if (ancestors.has(child)) ancestors.add(parent);
  }
  const roots = [...ancestors].filter((container) => !steps.some(([, , child]) => child === container));
  return roots.length > 0 ? roots : [seed];
}
