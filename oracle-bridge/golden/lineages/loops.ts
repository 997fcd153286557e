import type { GoldenLineage } from '../golden-lineage.ts';

/** Shapes that trap a walk: loops, diamonds, references that lead nowhere. */
export const LOOPS: readonly GoldenLineage[] = [
  {
    shows: 'a tail that runs into a cycle ends, and leaves the seed its own root',
    containers: [
      { key: 'L5', from: 'P1' },
      { key: 'P1', from: 'P2' },
      { key: 'P2', from: 'P1' },
      { key: 'Q1', from: 'P2' },
    ],
    asks: [
      {
        direction: 'backward',
        seeds: ['L5'],
        levels: { L5: 1, P1: 2, P2: 3 },
        edges: ['P1 > L5', 'P2 > P1', 'P1 > P2'],
        seedRoots: { L5: 'L5' },
      },
      {
        direction: 'forward',
        seeds: ['L5'],
        levels: { L5: 1, P1: 2, P2: 3, Q1: 4 },
        edges: ['P1 > L5', 'P2 > P1', 'P1 > P2', 'P2 > Q1'],
        seedRoots: { L5: 'L5' },
        roots: [],
      },
      {
        direction: 'forward',
        seeds: ['P1'],
        levels: { P1: 1, L5: 2, P2: 2, Q1: 3 },
        edges: ['P1 > L5', 'P2 > P1', 'P1 > P2', 'P2 > Q1'],
        seedRoots: { P1: 'P1' },
        roots: [],
      },
    ],
  },
  {
    shows: 'a container that is its own parent has none, nor has one without a parent, nor one whose parent is blank',
    containers: [{ key: 'S1', from: 'S1' }, { key: 'S2' }, { key: 'S3', from: 'S1' }, { key: 'S4', from: '' }],
    asks: [
      {
        direction: 'backward',
        seeds: ['S1', 'S2', 'S4'],
        levels: { S1: 1, S2: 1, S4: 1 },
        edges: [],
        seedRoots: { S1: 'S1', S2: 'S2', S4: 'S4' },
      },
      {
        direction: 'forward',
        seeds: ['S1', 'S2', 'S4'],
        levels: { S1: 1, S2: 1, S4: 1, S3: 2 },
        edges: ['S1 > S3'],
        seedRoots: { S1: 'S1', S2: 'S2', S4: 'S4' },
        roots: ['S1', 'S2', 'S4'],
      },
    ],
  },
  {
    shows: 'a diamond is visited once',
    containers: [{ key: 'D1' }, { key: 'D2', from: 'D1' }, { key: 'D3', from: 'D1' }, { key: 'D4', from: 'D2' }],
    merges: [{ source: 'D3', target: 'D4', serial: ' SN-D ' }],
    asks: [
      {
        direction: 'backward',
        seeds: ['D4'],
        levels: { D4: 1, D2: 2, D3: 2, D1: 3 },
        edges: ['D1 > D2', 'D1 > D3', 'D2 > D4', 'D3 > D4 merge_source'],
        seedRoots: { D4: 'D1' },
      },
      {
        direction: 'forward',
        seeds: ['D1'],
        levels: { D1: 1, D2: 2, D3: 2, D4: 3 },
        edges: ['D1 > D2', 'D1 > D3', 'D2 > D4', 'D3 > D4 merge_source'],
        seedRoots: { D1: 'D1' },
        roots: ['D1'],
        serials: { D3: ['SN-D'] },
      },
      {
        direction: 'forward',
        followMerges: true,
        seeds: ['D3'],
        levels: { D3: 1, D4: 2, D1: 2, D2: 3 },
        edges: ['D1 > D2', 'D1 > D3', 'D2 > D4', 'D3 > D4 merge_source'],
        seedRoots: { D3: 'D1' },
        roots: ['D1'],
        serials: { D3: ['SN-D'] },
      },
    ],
  },
  {
    shows: 'a merge that leads back to where it came from ends',
    containers: [{ key: 'R1' }, { key: 'R2', from: 'R1' }],
    merges: [{ source: 'R2', target: 'R1' }],
    asks: [
      {
        direction: 'backward',
        seeds: ['R2'],
        levels: { R2: 1, R1: 2 },
        edges: ['R1 > R2', 'R2 > R1 merge_source'],
        seedRoots: { R2: 'R2' },
      },
      {
        direction: 'forward',
        followMerges: true,
        seeds: ['R1'],
        levels: { R1: 1, R2: 2 },
        edges: ['R1 > R2', 'R2 > R1 merge_source'],
        seedRoots: { R1: 'R1' },
        roots: [],
      },
    ],
  },
  {
    shows: 'a parent without a row, and a seed without one, are nodes of unknown type',
    containers: [
      { key: 'K1', from: 'gone' },
      { key: 'K2', from: 'gone' },
    ],
    merges: [{ source: 'lost', target: 'K2' }],
    asks: [
      {
        direction: 'backward',
        seeds: ['K1', 'never'],
        levels: { K1: 1, never: 1, gone: 2 },
        edges: ['gone > K1'],
        seedRoots: { K1: '@gone', never: '@never' },
        types: { gone: 'UNKNOWN', never: 'UNKNOWN' },
      },
      {
        direction: 'forward',
        seeds: ['K1', 'never'],
        levels: { K1: 1, never: 1, gone: 2, K2: 3, lost: 4 },
        edges: ['gone > K1', 'gone > K2', 'lost > K2 merge_source'],
        seedRoots: { K1: '@gone', never: '@never' },
        roots: ['never', 'gone', 'lost'],
        types: { gone: 'UNKNOWN', never: 'UNKNOWN', lost: 'UNKNOWN' },
      },
    ],
  },
];
