import type { Reads } from '../job/job-context.ts';
import type { Row } from '../warehouse/warehouse.ts';
import type { Container, LineageFacts, Merge } from './lineage-facts.ts';
import { reworkSourceOf } from './lineage-facts.ts';
import type { WalkedContainer } from './split-walk.ts';

/**
 * The steps that both directions of a lineage share. Each is one statement, and none for an empty list; where a warehouse
 * has to cut long lists, as Oracle with bound ones, it is a query for each 1000 ids.
 */

/** The given containers and their split ancestors. */
export async function readSplitAncestors(reads: Reads, ids: readonly string[]): Promise<WalkedContainer[]> {
  return (await readList(reads, 'lineage/split-ancestors', { ids })).map((row) => toWalked(row, 'SPLIT_LEVEL'));
}

/**
 * The given containers and their descendants, one level more than a walk goes: what is behind the last level was cut.
 * `followMerges`: what a container was merged into counts as a child.
 */
export async function readDescendants(
  reads: Reads,
  ids: readonly string[],
  followMerges: boolean,
): Promise<WalkedContainer[]> {
  const name = followMerges ? 'lineage/split-and-merge-descendants' : 'lineage/split-descendants';
  return (await readList(reads, name, { ids })).map((row) => toWalked(row, 'WALK_LEVEL'));
}

/** What was merged into the given containers. */
export async function readMergeSources(reads: Reads, ids: readonly string[]): Promise<Merge[]> {
  return (await readList(reads, 'lineage/merge-sources', { ids })).map((row) => ({
    targetId: String(row['TARGETID']),
    sourceId: String(row['SOURCEID']),
  }));
}

/** The given containers, as far as they exist. */
export async function readContainers(reads: Reads, ids: readonly string[]): Promise<Container[]> {
  return (await readList(reads, 'lineage/containers-by-id', { ids })).map(toContainer);
}

/** Container id → serial numbers that it became part of, for those that did. */
export async function readSerials(reads: Reads, ids: readonly string[]): Promise<Map<string, string[]>> {
  const rows = Map.groupBy(await readList(reads, 'lineage/serial-numbers', { ids }), (row) =>
    String(row['CONTAINERID']),
  );
  return new Map([...rows].map(([id, own]) => [id, own.map((row) => String(row['FINISHEDNAME']))]));
}

/** What the walked containers name: wafer lots, and the sources of reworked lots. */
export async function readNamed(
  reads: Reads,
  walked: ReadonlyMap<string, Container>,
): Promise<Pick<LineageFacts, 'wafers' | 'reworkSources'>> {
  const waferNames = new Set([...walked.values()].flatMap(({ waferLot }) => waferLot ?? []));
  const wafers = (await readList(reads, 'lineage/containers-by-name', { names: [...waferNames] })).map(toContainer);
  const known = new Set([...walked.keys(), ...wafers.map(({ id }) => id)]);
  const sourceIds = new Set([...walked.values()].flatMap((container) => reworkSourceOf(container) ?? []));
  const reworkSources = await readContainers(
    reads,
    [...sourceIds].filter((id) => !known.has(id)),
  );
  return { wafers, reworkSources };
}

async function readList(
  { warehouse, signal }: Reads,
  name: string,
  binds: Readonly<Record<string, readonly string[]>>,
): Promise<Row[]> {
  const isEmpty = Object.values(binds).every((list) => list.length === 0);
  return isEmpty ? [] : await warehouse.readRows({ name, binds }, signal);
}

function toWalked(row: Row, levelColumn: string): WalkedContainer {
  return { ...toContainer(row), walkLevel: Number(row[levelColumn]) };
}

function toContainer(row: Row): Container {
  return {
    id: String(row['CONTAINERID']),
    name: textOf(row['CONTAINERNAME']),
    order: textOf(row['MFGORDERNAME']),
    waferLot: textOf(row['FIRSTNAME']),
    objectType: textOf(row['OBJECTTYPE']),
    originalId: textOf(row['ORIGINALCONTAINERID']),
    splitFromId: textOf(row['SPLITFROMID']),
  };
}

function textOf(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
