import * as z from 'zod/mini';
import { problemSchema } from '#protocol/problem.ts';

/** A task as the banner needs it: figures that make no sense count as absent, a malformed time is kept as it is. */
export interface MaintenanceTask {
  readonly name: string;
  readonly status: 'running' | 'done' | 'failed';
  readonly rowsDone: number | undefined;
  readonly rowsTotal: number | undefined;
  readonly endedAt: string | undefined;
  readonly error: string | undefined;
}

export interface KnownMaintenance {
  readonly type: 'known';
  readonly tasks: readonly MaintenanceTask[];
  readonly isRunning: boolean;
  readonly error: string | undefined;
}

/** `unreadable`: whether anything runs is not known. */
export type MaintenanceReading = KnownMaintenance | { readonly type: 'unreadable' };

const rowsSchema = z.int().check(z.nonnegative());
const textSchema = z.string();
/** Looser than the contract: an old or a newer edge must not make a banner disappear. */
const bodySchema = z.object({
  status: z.optional(z.unknown()),
  maintenance: z.optional(
    z.array(
      z.object({
        name: z.string(),
        status: z.enum(['running', 'done', 'failed']),
        rows_done: z.optional(z.unknown()),
        rows_total: z.optional(z.unknown()),
        ended_at: z.optional(z.unknown()),
        error: z.optional(z.unknown()),
      }),
    ),
  ),
  maintenance_running: z.optional(z.boolean()),
  maintenance_error: z.optional(z.string()),
});

/**
 * What a body of `/api/healthz` says of maintenance. Members that are absent mean that nothing runs; but a 503 that has
 * only other members is none of the edge: gateways on the way answer so as well.
 */
export function readMaintenance(status: number, body: unknown): MaintenanceReading {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success || problemSchema.safeParse(body).success) return { type: 'unreadable' };
  const isForeign = Object.keys(parsed.data).length === 0 && Object.keys(Object(body)).length > 0;
  if (status !== 200 && (status !== 503 || isForeign)) return { type: 'unreadable' };
  const { maintenance = [], maintenance_running: isRunning = false, maintenance_error: error } = parsed.data;
  const tasks = maintenance.map((task) => ({
    name: task.name,
    status: task.status,
    rowsDone: rowsSchema.safeParse(task.rows_done).data,
    rowsTotal: rowsSchema.safeParse(task.rows_total).data,
    endedAt: textSchema.safeParse(task.ended_at).data,
    error: textSchema.safeParse(task.error).data,
  }));
  return { type: 'known', tasks, isRunning, error };
}

/** Whether it is said, and without a doubt, that nothing runs and nothing ran. */
export function saysNothing({ tasks, isRunning, error }: KnownMaintenance): boolean {
  return tasks.length === 0 && !isRunning && error === undefined;
}

/** How far a task is, if that can be told. */
export function percentOfRows(rows: Pick<MaintenanceTask, 'rowsDone' | 'rowsTotal'>): number | undefined {
  const { rowsDone, rowsTotal } = rows;
  return rowsDone === undefined || !rowsTotal ? undefined : Math.min(100, (100 * rowsDone) / rowsTotal);
}
