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

/** `unreadable`: whether anything runs is not known. */
export type MaintenanceReading =
  | {
      readonly type: 'known';
      readonly tasks: readonly MaintenanceTask[];
      readonly isRunning: boolean;
      readonly error: string | undefined;
    }
  | { readonly type: 'unreadable' };

const rows = z.catch(z.optional(z.int().check(z.nonnegative())), undefined);
const text = z.catch(z.optional(z.string()), undefined);
/** Looser than the contract: an old or a newer edge must not make a banner disappear. */
const bodySchema = z.object({
  maintenance: z.optional(
    z.array(
      z.object({
        name: z.string(),
        status: z.enum(['running', 'done', 'failed']),
        rows_done: rows,
        rows_total: rows,
        ended_at: text,
        error: text,
      }),
    ),
  ),
  maintenance_running: z.optional(z.boolean()),
  maintenance_error: z.optional(z.string()),
});

const HEALTH_STATUS: readonly number[] = [200, 503];

/** What a body of `/api/healthz` says of maintenance. Members that are absent mean that nothing runs. */
export function readMaintenance(status: number, body: unknown): MaintenanceReading {
  const parsed = bodySchema.safeParse(body);
  const isHealth = HEALTH_STATUS.includes(status) && !problemSchema.safeParse(body).success;
  if (!parsed.success || !isHealth) return { type: 'unreadable' };
  const { maintenance = [], maintenance_running: isRunning = false, maintenance_error: error } = parsed.data;
  const tasks = maintenance.map((task) => ({
    name: task.name,
    status: task.status,
    rowsDone: task.rows_done,
    rowsTotal: task.rows_total,
    endedAt: task.ended_at,
    error: task.error,
  }));
  return { type: 'known', tasks, isRunning, error };
}
