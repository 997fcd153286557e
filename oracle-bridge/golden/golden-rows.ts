import type { GoldenLineage } from './golden-lineage.ts';

/** A row of a table by column; what is absent is null. */
export type GoldenRow = Readonly<Record<string, string | null>>;

const ID_DIGITS = 16;

/** An empty CHAR(16). */
const BLANKS = ' '.repeat(ID_DIGITS);

/** Ids of one lineage by key; what has no row has an id all the same. */
export class GoldenIds {
  readonly #ids = new Map<string, string>();
  readonly #first: number;

  /** `index`: the lineage's place among all. */
  constructor(index: number) {
    this.#first = (index + 1) * 1000;
  }

  idOf(key: string): string {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const made = (this.#first + this.#ids.size).toString(16).padStart(ID_DIGITS, '0');
    this.#ids.set(key, made);
    return made;
  }

  keyOf(container: string): string {
    return [...this.#ids].find(([, known]) => known === container)?.[0] ?? container;
  }
}

/** The rows of a lineage, as the plant's two tables have them. */
export function goldenRows(lineage: GoldenLineage, ids: GoldenIds): { containers: GoldenRow[]; merges: GoldenRow[] } {
  const reference = (key: string | null | undefined) => {
    if (key === undefined || key === null) return null;
    return key === '' ? BLANKS : ids.idOf(key);
  };
  return {
    containers: lineage.containers.map(({ key, name, from, original, order, wafer, type }) => ({
      CONTAINERID: ids.idOf(key),
      CONTAINERNAME: name === undefined ? key : name,
      SPLITFROMID: reference(from),
      ORIGINALCONTAINERID: reference(original),
      MFGORDERNAME: order ?? null,
      FIRSTNAME: wafer ?? null,
      OBJECTTYPE: type ?? null,
    })),
    merges: (lineage.merges ?? []).map(({ source, target, serial }) => ({
      CONTAINERID: reference(source),
      LOTID: reference(target),
      FINISHEDNAME: serial ?? null,
    })),
  };
}
