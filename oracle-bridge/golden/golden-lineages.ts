import type { GoldenLineage } from './golden-lineage.ts';
import { LOOPS } from './lineages/loops.ts';
import { MERGES } from './lineages/merges.ts';
import { ORIGINS } from './lineages/origins.ts';
import { SPLITS } from './lineages/splits.ts';

export const GOLDEN_LINEAGES: readonly GoldenLineage[] = [...SPLITS, ...LOOPS, ...MERGES, ...ORIGINS];
