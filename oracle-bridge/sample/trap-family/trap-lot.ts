/**
 * The trap family: lots with fixed names and ids, the same in every sample, one for each thing that went wrong before.
 * People look them up by name; tests rely on them. References between lots are by name.
 */
export interface TrapLot {
  /** Null in the one row that has no id. */
  readonly id: string | null;
  readonly name: string;
  /** What there is to see, for the README. Lots that only fill up a family have none. */
  readonly shows?: string;
  readonly order?: string;
  /** FIRSTNAME: the wafer lot's name. */
  readonly wafer?: string;
  /** Name of the split parent, or an id that no container has. */
  readonly splitFrom?: string;
  /** Name of the container that it was reworked from. */
  readonly reworkOf?: string;
  readonly qty?: number;
  /** Columns as they stand in the table, where they differ from what is above. */
  readonly columns?: Row;
}

/** Column name → value. Times are `YYYY-MM-DD HH:MM:SS`. */
export type Row = Readonly<Record<string, string | number | null>>;

/** Trap ids are lower than all generated ones: `48810200`, family, member. */
export function trapId(family: number, member: number): string {
  return `48810200${(family * 0x1_0000 + member).toString(16).padStart(8, '0')}`;
}
