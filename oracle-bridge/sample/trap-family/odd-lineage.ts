import type { TrapLot } from './trap-lot.ts';
import { trapId } from './trap-lot.ts';

/** Levels of the deep chain: more than the 20 that a walk goes. */
const DEEP_LEVELS = 24;
/** Sources of the lot with many ancestors; each brings three levels of its own. */
const MANY_SOURCES = 20;

const RINGS: readonly TrapLot[] = [
  {
    id: '4881020000040001',
    name: 'GA26021708-A00-001',
    shows: 'Cycle: its parent is GA26021708-A00-002, whose parent it is',
    order: 'GA26021708',
    splitFrom: 'GA26021708-A00-002',
  },
  { id: '4881020000040002', name: 'GA26021708-A00-002', order: 'GA26021708', splitFrom: 'GA26021708-A00-001' },
  {
    id: '4881020000040003',
    name: 'GA26021708-A00-003',
    shows: 'Its own parent',
    order: 'GA26021708',
    splitFrom: 'GA26021708-A00-003',
  },
  {
    id: '4881020000040004',
    name: 'GA26021708-A00-004',
    shows: 'A parent id that no container has',
    order: 'GA26021708',
    splitFrom: '48810200deadbeef',
  },
  {
    id: '4881020000040005',
    name: 'GA26021708-A00-005',
    shows: 'A tail that runs into the cycle of GA26021708-A00-001 and -002',
    order: 'GA26021708',
    splitFrom: 'GA26021708-A00-001',
  },
];

const CHAIN_WITH_MERGE: readonly TrapLot[] = [
  {
    id: '4881020000050001',
    name: 'GA26021706-A00-001-01C',
    shows: 'A of the chain A→B→C: its ancestors are B, C, M1 and M0, its direct parent only B',
    order: 'GA26021706',
    splitFrom: 'GA26021706-A00-001-01',
  },
  {
    id: '4881020000050002',
    name: 'GA26021706-A00-001-01',
    shows: 'B: split from C and merged from M1',
    order: 'GA26021706',
    splitFrom: 'GA26021706-A00-001',
  },
  { id: '4881020000050003', name: 'GA26021706-A00-001', shows: 'C: the root of the chain', order: 'GA26021706' },
  {
    id: '4881020000050004',
    name: 'GA26021706-A00-090-01',
    shows: 'M1: a merge source that is itself a split',
    order: 'GA26021706',
    splitFrom: 'GA26021706-A00-090',
  },
  { id: '4881020000050005', name: 'GA26021706-A00-090', shows: 'M0: the parent of M1', order: 'GA26021706' },
];

const DIAMOND: readonly TrapLot[] = [
  {
    id: '4881020000060001',
    name: 'GA26021712-A00-001',
    shows: 'Diamond: the parent that both sources of GA26021712-A01 share; it is visited once',
    order: 'GA26021712',
  },
  { id: '4881020000060002', name: 'GA26021712-A00-001-01', order: 'GA26021712', splitFrom: 'GA26021712-A00-001' },
  { id: '4881020000060003', name: 'GA26021712-A00-001-02', order: 'GA26021712', splitFrom: 'GA26021712-A00-001' },
  { id: '4881020000060004', name: 'GA26021712-A01', shows: 'The lower end of the diamond', order: 'GA26021712' },
];

const REWORK: readonly TrapLot[] = [
  {
    id: '4881020000070001',
    name: '56014S00T-5K07R',
    shows: 'Wafer lot of GD25060502-A11 and, at the same time, what it was reworked from',
    columns: { OBJECTTYPE: 'WAFER' },
  },
  {
    id: '4881020000070002',
    name: 'GD25060502-A11',
    shows: 'Two edges from one container, 56014S00T-5K07R: wafer origin and rework source',
    order: 'GD25060502',
    wafer: '56014S00T-5K07R',
    reworkOf: '56014S00T-5K07R',
  },
  {
    id: '4881020000070003',
    name: 'GD25060502-A12',
    shows: 'Rework without ORIGINALCONTAINERID: the source is the split parent, GA25060002-A01',
    order: 'GD25060502',
    splitFrom: 'GA25060002-A01',
  },
  {
    id: '4881020000070004',
    name: 'GD25060502-A13',
    shows: 'Rework of GA25060002-A01 as well: old and new lots are not one to one',
    order: 'GD25060502',
    reworkOf: 'GA25060002-A01',
  },
  {
    id: '4881020000070005',
    name: 'GA25060002-A01',
    shows: 'Combined lot that two GD lots were made from',
    order: 'GA25060002',
  },
  { id: '4881020000070006', name: 'GA25060002-A00-001', order: 'GA25060002' },
  {
    id: '4881020000070007',
    name: 'GC25060008-A00-001',
    shows: 'A lot of a GC order, source of GA25060002-A01',
    order: 'GC25060008',
  },
];

/** `GA26021714-A00-001`, then `-01` to `-23`. */
function deepNameOf(level: number): string {
  return `GA26021714-A00-001${level === 1 ? '' : `-${String(level - 1).padStart(2, '0')}`}`;
}

/** Each lot is split from the one before. */
function deepChain(): TrapLot[] {
  return Array.from({ length: DEEP_LEVELS }, (_, index) => {
    const level = index + 1;
    return {
      id: trapId(8, level),
      name: deepNameOf(level),
      order: 'GA26021714',
      ...(level > 1 && { splitFrom: deepNameOf(level - 1) }),
      ...(level === 1 && {
        shows: 'Root of a split chain of 24 levels: walks down end at level 20, GA26021714-A00-001-19',
      }),
      ...(level === DEEP_LEVELS && { shows: 'Last of the 24 levels: walks up end at level 20, GA26021714-A00-001-04' }),
    };
  });
}

/** Twenty lots, each split twice, all combined into `GA26021716-A01`, which is split twice in turn. */
function manyAncestors(): TrapLot[] {
  const order = 'GA26021716';
  const lots: TrapLot[] = [
    { id: trapId(9, 1), name: 'GA26021716-A00', order },
    { id: trapId(9, 2), name: 'GA26021716-A01', shows: 'Combined lot of 20 sources', order },
    { id: trapId(9, 3), name: 'GA26021716-A01-01', order, splitFrom: 'GA26021716-A01' },
    {
      id: trapId(9, 4),
      name: 'GA26021716-A01-01C',
      shows: 'A seed with more than 60 ancestors: two splits, a merge of 20, each of those three levels deep',
      order,
      splitFrom: 'GA26021716-A01-01',
    },
  ];
  for (let source = 1; source <= MANY_SOURCES; source++) {
    const lot = `GA26021716-A00-${String(source).padStart(3, '0')}`;
    lots.push(
      { id: trapId(9, source * 16), name: lot, order, splitFrom: 'GA26021716-A00' },
      { id: trapId(9, source * 16 + 1), name: `${lot}-01`, order, splitFrom: lot },
      { id: trapId(9, source * 16 + 2), name: `${lot}-01C`, order, splitFrom: `${lot}-01` },
    );
  }
  return lots;
}

/** Sources of `GA26021716-A01`, by name. */
export function manySources(): string[] {
  return Array.from({ length: MANY_SOURCES }, (_, index) => `GA26021716-A00-${String(index + 1).padStart(3, '0')}-01C`);
}

/** Families whose lineage is anything but a tree. */
export const ODD_LINEAGE: readonly TrapLot[] = [
  ...RINGS,
  ...CHAIN_WITH_MERGE,
  ...DIAMOND,
  ...REWORK,
  ...deepChain(),
  ...manyAncestors(),
];
