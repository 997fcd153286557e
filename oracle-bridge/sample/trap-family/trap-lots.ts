import { MAIN_FAMILY } from './main-family.ts';
import { ODD_LINEAGE } from './odd-lineage.ts';
import type { Row, TrapLot } from './trap-lot.ts';

export const TRAP_LOTS: readonly TrapLot[] = [...MAIN_FAMILY, ...ODD_LINEAGE];

const ID_OF_NAME = new Map(TRAP_LOTS.map((lot) => [lot.name, lot.id]));

/** The id of a trap lot. @throws Error for a name that is none: a mistake in the family's own data. */
export function idOf(name: string): string | null {
  const id = ID_OF_NAME.get(name);
  if (id === undefined) throw new Error(`no lot of the trap family is named ${name}`);
  return id;
}

/** Sequences (`1704` of `GA26011704`) that generated work orders step around, so that names stay unique. */
export function reservedSequences(): number[] {
  const sequences = TRAP_LOTS.flatMap(({ order }) => (order === undefined ? [] : [Number(order.slice(-4))]));
  return [...new Set(sequences)];
}

/** Rows of DW_MES_CONTAINER. */
export function containerRows(): Row[] {
  return TRAP_LOTS.map((lot) => ({
    CONTAINERID: lot.id,
    CONTAINERNAME: lot.name,
    MFGORDERNAME: lot.order ?? null,
    OBJECTTYPE: 'LOT',
    FIRSTNAME: lot.wafer ?? null,
    ORIGINALCONTAINERID: lot.reworkOf === undefined ? null : idOf(lot.reworkOf),
    SPLITFROMID: parentIdOf(lot),
    SPLITCOUNT: null,
    SPECNAME: null,
    PJ_TYPE: 'PJW5P06A',
    PJ_BOP: 'PCC15',
    PJ_FUNCTION: 'MOSFET',
    PRODUCTNAME: 'PJW5P06A_R1_00001',
    PRODUCTLINENAME: 'SOT-223',
    QTY: lot.qty ?? 43_200,
    STATUS: 8,
    CURRENTHOLDCOUNT: 0,
    HOLDREASONNAME: null,
    ORIGINALSTARTDATE: '2026-01-17 08:00:00',
    ...lot.columns,
  }));
}

function parentIdOf({ splitFrom }: TrapLot): string | null {
  if (splitFrom === undefined) return null;
  return /^[0-9a-f]{16}$/.test(splitFrom) ? splitFrom : idOf(splitFrom);
}
