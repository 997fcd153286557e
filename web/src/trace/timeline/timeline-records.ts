import { shownName } from '../shown-name.ts';
import { readPlantTime } from '../arrange/plant-time.ts';

/** What the timeline needs of a record of each domain. An empty text stands for what the warehouse does not know. */
export interface LoadRecord {
  readonly containerId: string;
  readonly lot: string;
  readonly group: string;
  readonly workCenter: string;
  readonly machine: string;
  readonly spec: string;
  readonly inMs: number | undefined;
  readonly outMs: number | undefined;
}

export interface HoldRecord {
  readonly containerId: string;
  readonly lot: string;
  readonly workCenter: string;
  readonly atMs: number | undefined;
  readonly releasedAtMs: number | undefined;
  readonly reason: string;
}

export interface MaterialRecord {
  readonly containerId: string;
  readonly lot: string;
  readonly spec: string;
  readonly atMs: number | undefined;
  readonly part: string;
  readonly materialLot: string;
}

type ParsedRecord = Readonly<Record<string, unknown>>;

/** The group is that of the work center where the record says it, else the work center itself. */
export function readLoad(record: ParsedRecord): LoadRecord {
  return {
    ...lotOf(record),
    group: textOf(record.WORKCENTER_GROUP) || textOf(record.WORKCENTERNAME),
    workCenter: textOf(record.WORKCENTERNAME),
    machine: textOf(record.EQUIPMENTNAME) || textOf(record.EQUIPMENTID),
    spec: textOf(record.SPECNAME),
    inMs: timeOf(record.TRACKINTIMESTAMP),
    outMs: timeOf(record.TRACKOUTTIMESTAMP),
  };
}

export function readHold(record: ParsedRecord): HoldRecord {
  return {
    ...lotOf(record),
    workCenter: textOf(record.WORKCENTERNAME),
    atMs: timeOf(record.HOLDTXNDATE),
    releasedAtMs: timeOf(record.RELEASETXNDATE),
    reason: textOf(record.HOLDREASONNAME),
  };
}

export function readMaterial(record: ParsedRecord): MaterialRecord {
  return {
    ...lotOf(record),
    spec: textOf(record.SPECNAME),
    atMs: timeOf(record.TXNDATE),
    part: textOf(record.MATERIALPARTNAME),
    materialLot: shownName(textOf(record.MATERIALLOTNAME)),
  };
}

function lotOf(record: ParsedRecord): { readonly containerId: string; readonly lot: string } {
  const containerId = textOf(record.CONTAINERID);
  return { containerId, lot: shownName(textOf(record.CONTAINERNAME)) || containerId };
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'string' ? readPlantTime(value) : undefined;
}
