import type { GoldenContainer } from './golden-lineage.ts';

/** `chain('G', 3)`: G1 from G2, G2 from G3. */
export function chain(letter: string, length: number): GoldenContainer[] {
  return Array.from({ length }, (_, index) => ({
    key: `${letter}${index + 1}`,
    ...(index + 1 < length ? { from: `${letter}${index + 2}` } : {}),
  }));
}

/** Levels of G<first> … G<last>, `level` being that of the first and `step` what is added for each. */
export function chainLevels(letter: string, [first, last]: readonly [number, number], level: number, step: 1 | -1) {
  return Object.fromEntries(
    Array.from({ length: last - first + 1 }, (_, index) => [`${letter}${first + index}`, level + step * index]),
  );
}

/** Edges of G<first> … G<last>. */
export function chainEdges(letter: string, [first, last]: readonly [number, number]): string[] {
  return Array.from(
    { length: last - first },
    (_, index) => `${letter}${first + index + 1} > ${letter}${first + index}`,
  );
}
