/**
 * Lineages with their answers, worked out by hand: plain data, for every engine that walks lineages. Each stands for
 * itself, but all of them fit into one warehouse: keys are unique within one lineage, ids come from lineage and key.
 */
export interface GoldenLineage {
  /** What it shows, as a sentence. */
  readonly shows: string;
  readonly containers: readonly GoldenContainer[];
  readonly merges?: readonly GoldenMerge[];
  readonly asks: readonly GoldenAsk[];
}

/** A row of the container table. References are keys; a key without a container of its own is an id without a row. */
export interface GoldenContainer {
  readonly key: string;
  /** The key, if absent. */
  readonly name?: string | null;
  /** The empty key is a parent of blanks, as CHAR columns may have it. */
  readonly from?: string;
  readonly original?: string;
  readonly order?: string;
  readonly wafer?: string;
  readonly type?: string;
}

export interface GoldenMerge {
  readonly source: string | null;
  readonly target: string | null;
  readonly serial?: string | null;
}

export interface GoldenAsk {
  readonly direction: 'backward' | 'forward';
  readonly followMerges?: boolean;
  readonly seeds: readonly string[];
  /** Every node, by key: its level. */
  readonly levels: Readonly<Record<string, number>>;
  /** Every edge: `parent > child` for a split, `parent > child type` for another type. */
  readonly edges: readonly string[];
  /** Seed → name of its root. */
  readonly seedRoots: Readonly<Record<string, string>>;
  /** Forward: nodes without an incoming edge. */
  readonly roots?: readonly string[];
  /** Forward; absent: none has any. */
  readonly serials?: Readonly<Record<string, readonly string[]>>;
  /** Node → type, for those that matter. */
  readonly types?: Readonly<Record<string, string>>;
  readonly truncated?: true;
}
