import { chain, chainEdges, chainLevels } from '../chains.ts';
import type { GoldenLineage } from '../golden-lineage.ts';

/** Splits without anything odd, and how deep a walk goes. */
export const SPLITS: readonly GoldenLineage[] = [
  {
    shows: 'three levels deep, a shared parent, a lot alone, overlapping seeds',
    containers: [
      { key: 'L1', from: 'P1' },
      { key: 'P1', from: 'P2' },
      { key: 'P2' },
      { key: 'L2', from: 'P1' },
      { key: 'L3' },
    ],
    asks: [
      {
        direction: 'backward',
        seeds: ['L1', 'L2', 'L3'],
        levels: { L1: 1, L2: 1, L3: 1, P1: 2, P2: 3 },
        edges: ['P1 > L1', 'P1 > L2', 'P2 > P1'],
        seedRoots: { L1: 'P2', L2: 'P2', L3: 'L3' },
      },
      {
        direction: 'backward',
        seeds: ['L1', 'P1'],
        levels: { L1: 1, P1: 1, P2: 2 },
        edges: ['P1 > L1', 'P2 > P1'],
        seedRoots: { L1: 'P2', P1: 'P2' },
      },
      {
        direction: 'forward',
        seeds: ['L1'],
        levels: { L1: 1, P1: 2, L2: 3, P2: 3 },
        edges: ['P1 > L1', 'P1 > L2', 'P2 > P1'],
        seedRoots: { L1: 'P2' },
        roots: ['P2'],
      },
      {
        direction: 'forward',
        seeds: ['L3', 'P1', 'P2'],
        levels: { L3: 1, P1: 1, P2: 1, L1: 2, L2: 2 },
        edges: ['P1 > L1', 'P1 > L2', 'P2 > P1'],
        seedRoots: { L3: 'L3', P1: 'P2', P2: 'P2' },
        roots: ['L3', 'P2'],
      },
    ],
  },
  {
    shows: 'nineteen levels are given whole',
    containers: chain('A', 19),
    asks: [
      {
        direction: 'backward',
        seeds: ['A1'],
        levels: chainLevels('A', [1, 19], 1, 1),
        edges: chainEdges('A', [1, 19]),
        seedRoots: { A1: 'A19' },
      },
      {
        direction: 'forward',
        seeds: ['A19'],
        levels: chainLevels('A', [1, 19], 19, -1),
        edges: chainEdges('A', [1, 19]),
        seedRoots: { A19: 'A19' },
        roots: ['A19'],
      },
    ],
  },
  {
    shows: 'twenty levels are given whole; the twentieth may be a leaf, or have a blank for a parent',
    containers: chain('B', 20).map((container) => ({ from: '', ...container })),
    merges: [{ source: 'B1', target: 'B20', serial: 'S-20' }],
    asks: [
      {
        direction: 'backward',
        seeds: ['B1'],
        levels: chainLevels('B', [1, 20], 1, 1),
        edges: [...chainEdges('B', [1, 20]), 'B1 > B20 merge_source'],
        seedRoots: { B1: 'B1' },
      },
      {
        direction: 'forward',
        seeds: ['B20'],
        levels: chainLevels('B', [1, 20], 20, -1),
        edges: [...chainEdges('B', [1, 20]), 'B1 > B20 merge_source'],
        seedRoots: { B20: 'B20' },
        roots: [],
        serials: { B1: ['S-20'] },
      },
    ],
  },
  {
    shows: 'the twenty-first level is not given, which is said, and what it was cut from is no leaf',
    containers: chain('C', 21),
    merges: [
      { source: 'C1', target: 'elsewhere', serial: 'S-21' },
      { source: 'C2', target: 'elsewhere', serial: 'S-22' },
    ],
    asks: [
      {
        direction: 'backward',
        seeds: ['C1'],
        levels: chainLevels('C', [1, 20], 1, 1),
        edges: chainEdges('C', [1, 20]),
        seedRoots: { C1: 'C20' },
        truncated: true,
      },
      {
        direction: 'backward',
        seeds: ['C2'],
        levels: chainLevels('C', [2, 21], 1, 1),
        edges: chainEdges('C', [2, 21]),
        seedRoots: { C2: 'C21' },
      },
      {
        direction: 'forward',
        seeds: ['C21'],
        levels: chainLevels('C', [2, 21], 20, -1),
        edges: chainEdges('C', [2, 21]),
        seedRoots: { C21: 'C21' },
        roots: ['C21'],
        truncated: true,
      },
      {
        direction: 'forward',
        seeds: ['C1'],
        levels: chainLevels('C', [1, 20], 1, 1),
        edges: chainEdges('C', [1, 20]),
        seedRoots: { C1: 'C20' },
        roots: ['C20'],
        serials: { C1: ['S-21'] },
        truncated: true,
      },
    ],
  },
  {
    shows: 'levels are counted from each seed, not only from the root',
    containers: [...chain('D', 25), { key: 'side1', from: 'D6' }, { key: 'side2', from: 'side1' }],
    asks: [
      {
        direction: 'forward',
        seeds: ['D20'],
        // The root is D25; twenty levels from it end at D6, twenty from the seed at D1.
        levels: {
          ...chainLevels('D', [1, 20], 20, -1),
          ...chainLevels('D', [21, 25], 2, 1),
          side1: 16,
          side2: 17,
        },
        edges: [...chainEdges('D', [1, 25]), 'D6 > side1', 'side1 > side2'],
        seedRoots: { D20: 'D25' },
        roots: ['D25'],
      },
      {
        direction: 'forward',
        seeds: ['D25'],
        levels: chainLevels('D', [6, 25], 20, -1),
        edges: chainEdges('D', [6, 25]),
        seedRoots: { D25: 'D25' },
        roots: ['D25'],
        truncated: true,
      },
    ],
  },
];
