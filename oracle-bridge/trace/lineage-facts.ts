import type { Direction } from '#protocol/trace.ts';
import { nodeTypeOf } from './node-type.ts';

/** A container as the lineage statements give it; all but the id is null for one that has no row. */
export interface Container {
  readonly id: string;
  readonly name: string | null;
  readonly order: string | null;
  readonly waferLot: string | null;
  readonly objectType: string | null;
  readonly originalId: string | null;
  readonly splitFromId: string | null;
}

export interface Merge {
  readonly targetId: string;
  readonly sourceId: string;
}

/** What the steps of a walk have read, in either direction. */
export interface LineageFacts {
  readonly direction: Direction;
  readonly seedIds: readonly string[];
  /** Containers that the walk has reached along splits and merges. */
  readonly walked: ReadonlyMap<string, Container>;
  readonly merges: readonly Merge[];
  /** Containers that bear the name of a walked one's wafer lot. */
  readonly wafers: readonly Container[];
  /** Rework sources that were not walked, as far as they exist. */
  readonly reworkSources: readonly Container[];
  /** Forward only: serial numbers by the leaf that became part of them. */
  readonly serials: ReadonlyMap<string, readonly string[]>;
  /** A walk ended at its last level although there was more. */
  readonly truncated: boolean;
}

/** The parent by split, unless it is the container itself. */
export function splitParentOf({ id, splitFromId }: Container): string | undefined {
  return splitFromId === null || splitFromId === id ? undefined : splitFromId;
}

/** Where a reworked (GD) lot came from, by the lot itself. One that names itself as its original says nothing by that. */
export function reworkSourceOf(container: Container): string | undefined {
  if (nodeTypeOf(container, false) !== 'GD') return undefined;
  const { id, originalId } = container;
  return originalId === null || originalId === id ? splitParentOf(container) : originalId;
}

/** A container that is only named: it has no row. */
export function unknownContainer(id: string): Container {
  return { id, name: null, order: null, waferLot: null, objectType: null, originalId: null, splitFromId: null };
}
