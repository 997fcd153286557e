import type { Domain } from '#protocol/domain.ts';
import type { Kind } from '#protocol/kind.ts';
import type { JobEventOf } from '#protocol/job-event.ts';
import type { Direction, LineageEdge, LineageNode, SeedWarning } from '#protocol/trace.ts';
import type { ClientProblem } from '../stream/client-problem.ts';
import type { ArrangedSnapshot } from './arrange/arranged-snapshot.ts';
import type { Connection, StreamOutcome } from '../stream/stream-outcome.ts';
import type { PartsSnapshot } from './part-list.ts';

/** What the worker tells the page, at most ten times a second. Plain data: it crosses by structured clone. */
export const STAGES = ['seed_resolve', 'lineage', 'events'] as const;
export type Stage = (typeof STAGES)[number];

/** `skipped`: the page was opened on a job, so this stage did not run here. */
export type StageState = 'waiting' | 'active' | 'done' | 'failed' | 'cancelled' | 'skipped';

export interface SeedFindings {
  readonly count: number;
  /** Values that were looked for; in a range of days the groups. */
  readonly asked: number;
  readonly notFound: readonly string[];
  /** Matches of each pattern. */
  readonly expansion: Readonly<Record<string, number>>;
  readonly warnings: readonly SeedWarning[];
}

export interface LineageFindings {
  readonly jobId: string;
  readonly direction: Direction;
  /** Lots were followed into what they were merged into; not known of a lineage that was opened by its job. */
  readonly followedMerges: boolean;
  readonly seeds: number;
  readonly nodes: number;
  readonly edges: number;
  readonly truncated: boolean;
  /** `false`: more nodes than the page draws; the events are read all the same. */
  readonly drawable: boolean;
}

export interface LineageGraphData {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

export interface DomainSnapshot {
  readonly domain: Domain;
  readonly records: number;
  /** Records behind the filter by containers; all of them without one. */
  readonly shown: number;
  /** `false` while batches that arrived still wait to be filtered. */
  readonly filtered: boolean;
  readonly ended: boolean;
  readonly failedContainers: number;
  readonly columns: readonly string[];
  /** Absent while nobody sorts or filters it. */
  readonly arranged: ArrangedSnapshot | undefined;
}

/** `asked`: the edge has been told; `withdrawn`: others still want the job, so it goes on without this page. */
export type CancelState = 'none' | 'asked' | 'withdrawn';

/** How far a job is; figures that its stream does not say are `null`. */
export interface JobProgress {
  readonly records: number;
  readonly bytes: number;
  readonly percent: number | null;
  readonly recordsPerSecond: number | null;
  readonly etaSeconds: number | null;
}

/** A job that found lots or their lineage, while it is read. */
export interface StageJobProgress extends JobProgress {
  readonly stage: Stage;
}

export interface StreamSnapshot extends JobProgress {
  readonly jobId: string;
  readonly kind: Kind | undefined;
  readonly connection: Connection;
  readonly outcome: StreamOutcome | undefined;
  readonly domains: readonly DomainSnapshot[];
  readonly warnings: readonly Pick<JobEventOf<'warning'>, 'code' | 'domain' | 'detail'>[];
  readonly damagedReadings: number;
  readonly resumes: number;
  /** Rises when everything was dropped: rows that the page still holds are void. */
  readonly generation: number;
  readonly filterContainers: number | undefined;
  /** Rises when the containers are others: rows that the page still holds are void. */
  readonly filterRevision: number;
  /** Records that are here could not be read back: no more of them are found until that is tried again. */
  readonly hasReadFailed: boolean;
}

/** What became of the wish to read the events again; once the edge has taken it, the stage itself tells. */
export type AgainState =
  | { readonly type: 'asking' }
  /** What was read before is still there. */
  | { readonly type: 'refused'; readonly problem: ClientProblem };

/** Where a query can be cut before its events are read: at the lots that were found, or at the last level of their lineage. */
export const CUTS = ['lots', 'lineage'] as const;
export type Cut = (typeof CUTS)[number];

/** For how much of the lineage the events were asked. */
export interface AskedLineage {
  /** Nodes, from the first on; what came later stands behind them. */
  readonly askedNodes: number;
  /** Jobs that found those of them that were not in the lineage from its beginning. */
  readonly grownJobIds: readonly string[];
}

export interface TraceSnapshot extends AskedLineage {
  /** Rises with every query of this page. */
  readonly run: number;
  readonly stages: Readonly<Record<Stage, StageState>>;
  /** When it was asked for here; of a job that was opened, when that was made. */
  readonly startedAtMs: number;
  /** When the reading here ended. */
  readonly endedAtMs: number | undefined;
  /** How long a job took that had ended before it was opened. */
  readonly ranMs: number | undefined;
  readonly seeds: SeedFindings | undefined;
  readonly lineage: LineageFindings | undefined;
  /** Of one of the first two stages, where that became a job. */
  readonly stageJob: StageJobProgress | undefined;
  /** Where less was traced than was asked for, as far as it is known. */
  readonly cuts: readonly Cut[];
  /** Of a trace that is read by several jobs; `stream` is one of them. */
  readonly parts: PartsSnapshot | undefined;
  readonly stream: StreamSnapshot | undefined;
  readonly again: AgainState | undefined;
  readonly cancel: CancelState;
  readonly problem: { readonly stage: Stage; readonly problem: ClientProblem } | undefined;
}

export type Cell = string | number | boolean | null;

/** Rows of one domain, each with its cells in the order of the domain's columns. */
export interface RowsAnswer {
  readonly from: number;
  readonly rows: readonly (readonly Cell[])[];
}
