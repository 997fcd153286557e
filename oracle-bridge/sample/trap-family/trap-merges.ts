import { manySources } from './odd-lineage.ts';
import type { Row } from './trap-lot.ts';
import { idOf } from './trap-lots.ts';

interface Merge {
  readonly target: string | null;
  readonly sources: readonly (string | null)[];
  /** Where it is not the target's name. */
  readonly serial?: string;
}

/** Who was combined into whom, in order of the targets' ids. */
const MERGES: readonly Merge[] = [
  {
    target: 'GA26011704-A01',
    // The second -001 is a duplicate, and one row has lost its source.
    sources: ['GA26011704-A00-001', 'GA26011704-A00-002', 'GA26011704-A00-003-01C', 'GA26011704-A00-001', null],
  },
  { target: 'GA26011704-A02', sources: ['GA26011704-A00-003-01C', 'GA26011704-A00-004'], serial: 'Unknown' },
  // A merge into nothing: dropped.
  { target: null, sources: ['GA26011704-A00-004'], serial: 'GA26011704-A03' },
  // A source that is its own target: dropped.
  { target: 'GA26021708-A00-003', sources: ['GA26021708-A00-003'] },
  { target: 'GA26021706-A00-001-01', sources: ['GA26021706-A00-090-01'] },
  { target: 'GA26021712-A01', sources: ['GA26021712-A00-001-01', 'GA26021712-A00-001-02'] },
  { target: 'GA25060002-A01', sources: ['GA25060002-A00-001', 'GC25060008-A00-001'] },
  { target: 'GA26021716-A01', sources: manySources() },
];

/** Rows of DW_MES_PJ_COMBINEDASSYLOTS. */
export function mergeRows(): Row[] {
  return MERGES.flatMap(({ target, sources, serial }, merge) =>
    sources.map((source, index) => ({
      PJ_COMBINEDASSEMBLYLOTSID: `488102c1${(merge * 256 + index).toString(16).padStart(8, '0')}`,
      CONTAINERID: source === null ? null : idOf(source),
      CONTAINERNAME: source,
      LOTID: target === null ? null : idOf(target),
      FINISHEDNAME: serial ?? target,
      PJ_WORKORDER: target?.slice(0, 10) ?? null,
      PJ_EXCESSLOTQTY: 0,
      PJ_GOODDIEQTY: 1200,
      PJ_ORIGINALGOODDIEQTY: 1200,
      PJ_COMBINEDRATIO: index === 0 ? 1 : 0.5,
      ORIGINALSTARTDATE: '2026-01-24 08:00:00',
    })),
  );
}
