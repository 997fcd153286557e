import type { GoldenLineage } from '../golden-lineage.ts';

/** Wafer origin, rework, and what names and types a lineage shows. */
export const ORIGINS: readonly GoldenLineage[] = [
  {
    shows: 'wafer origin and rework source are two edges between the same pair',
    containers: [
      { key: 'W', name: '56014S00T-5K07R', type: 'WAFER' },
      {
        key: 'R',
        name: 'GD25060502-A11',
        order: 'GD25060502',
        wafer: '56014S00T-5K07R ',
        original: 'W',
      },
    ],
    asks: [
      {
        direction: 'backward',
        seeds: ['R'],
        levels: { R: 1, W: 2 },
        edges: ['W > R wafer_origin', 'W > R gd_rework_source'],
        seedRoots: { R: '56014S00T-5K07R' },
        types: { R: 'GD', W: 'WAFER' },
      },
      {
        direction: 'forward',
        seeds: ['R'],
        levels: { R: 1, W: 2 },
        edges: ['W > R wafer_origin', 'W > R gd_rework_source'],
        seedRoots: { R: '56014S00T-5K07R' },
        roots: ['W'],
        types: { R: 'GD', W: 'WAFER' },
      },
      {
        direction: 'forward',
        seeds: ['W'],
        levels: { W: 1 },
        edges: [],
        seedRoots: { W: '56014S00T-5K07R' },
        roots: ['W'],
      },
    ],
  },
  {
    shows: 'lots that share a name are two, and of several roots the least name counts',
    containers: [
      { key: 'N1', name: 'TWIN' },
      { key: 'N2', name: 'TWIN' },
      { key: 'N3', name: 'CHILD', from: 'N1', wafer: 'TWIN' },
      { key: 'N4', name: 'CHILD', from: 'N2' },
      { key: 'N5', name: 'AFTER' },
    ],
    merges: [{ source: 'N5', target: 'N4' }],
    asks: [
      {
        direction: 'backward',
        seeds: ['N3', 'N4'],
        levels: { N3: 1, N4: 1, N1: 2, N2: 2, N5: 2 },
        edges: ['N1 > N3', 'N1 > N3 wafer_origin', 'N2 > N3 wafer_origin', 'N2 > N4', 'N5 > N4 merge_source'],
        seedRoots: { N3: 'TWIN', N4: 'AFTER' },
        types: { N1: 'WAFER', N2: 'WAFER' },
      },
      {
        direction: 'forward',
        seeds: ['N1'],
        levels: { N1: 1, N3: 2, N2: 3 },
        edges: ['N1 > N3', 'N1 > N3 wafer_origin', 'N2 > N3 wafer_origin'],
        seedRoots: { N1: 'TWIN' },
        roots: ['N1', 'N2'],
      },
    ],
  },
  {
    shows: 'the type of a node follows its order, then its name',
    containers: [
      { key: 'Y1', name: 'GA25060001-A01', order: 'GA25060001', from: 'Y2' },
      { key: 'Y2', name: 'plain', order: 'GC25060001', type: 'LOT' },
      { key: 'Y3', name: 'loose', type: 'LOT', from: 'Y2' },
      { key: 'Y4', name: null, type: 'MATERIAL', from: 'Y2' },
    ],
    asks: [
      {
        direction: 'forward',
        seeds: ['Y2'],
        levels: { Y2: 1, Y1: 2, Y3: 2, Y4: 2 },
        edges: ['Y2 > Y1', 'Y2 > Y3', 'Y2 > Y4'],
        seedRoots: { Y2: 'plain' },
        roots: ['Y2'],
        types: { Y1: 'GA', Y2: 'GC', Y3: 'LOT', Y4: 'UNKNOWN' },
      },
    ],
  },
  {
    shows: 'a reworked lot without an original comes from its split parent',
    containers: [
      { key: 'O1', name: 'GA25060002-A01' },
      { key: 'O2', name: 'GD25060502-A12', from: 'O1' },
    ],
    asks: [
      {
        direction: 'backward',
        seeds: ['O2'],
        levels: { O2: 1, O1: 2 },
        edges: ['O1 > O2', 'O1 > O2 gd_rework_source'],
        seedRoots: { O2: 'GA25060002-A01' },
      },
      {
        direction: 'forward',
        seeds: ['O1'],
        levels: { O1: 1, O2: 2 },
        edges: ['O1 > O2', 'O1 > O2 gd_rework_source'],
        seedRoots: { O1: 'GA25060002-A01' },
        roots: ['O1'],
      },
    ],
  },
  {
    shows:
      'a reworked lot that names itself as its original comes from its split parent, and a prefix is no part of its name',
    containers: [
      { key: 'Q1', name: 'GA25060003-A01' },
      { key: 'Q2', name: '參考編號：GD25060502-A13', from: 'Q1', original: 'Q2' },
      { key: 'Q3', name: 'GD25060502-A14', original: 'Q3' },
    ],
    asks: [
      {
        direction: 'backward',
        seeds: ['Q2', 'Q3'],
        levels: { Q2: 1, Q3: 1, Q1: 2 },
        edges: ['Q1 > Q2', 'Q1 > Q2 gd_rework_source'],
        seedRoots: { Q2: 'GA25060003-A01', Q3: 'GD25060502-A14' },
        types: { Q1: 'GA', Q2: 'GD', Q3: 'GD' },
      },
    ],
  },
];
