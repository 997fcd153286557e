import * as z from 'zod/mini';
import { slotsSchema } from './bridge-message.ts';
import { siteIdSchema } from './ids.ts';
import { utcSchema } from './job.ts';

/** One task of warm-up or maintenance; absent members mean that nothing is known, not that nothing runs. */
export const maintenanceTaskSchema = z.object({
  name: z.string(),
  status: z.enum(['running', 'done', 'failed']),
  rows_done: z.optional(z.int()),
  rows_total: z.optional(z.int()),
  ended_at: z.optional(z.string()),
  error: z.optional(z.string()),
});

export const bridgeHealthSchema = z.object({
  bridge_id: z.string(),
  site: siteIdSchema,
  version: z.string(),
  warehouse: z.string(),
  /** When the edge last heard of it. */
  last_seen_at: utcSchema,
  slots: slotsSchema,
  free: slotsSchema,
  in_flight: z.int(),
  rss_bytes: z.int(),
  draining: z.boolean(),
});
export type BridgeHealth = z.infer<typeof bridgeHealthSchema>;

/** What this deployment lets a person ask for; beyond it a call is refused. */
export const askingLimitsSchema = z.object({
  /** Containers of one trace, and of one of the profile `mid_section_defect`. */
  trace_cids: z.int(),
  defect_cids: z.int(),
  /** Jobs of the batch lane at a time, waiting ones included. */
  jobs_per_owner: z.int(),
  /** From the acceptance of an `events` job to its end. */
  trace_seconds: z.int(),
});
export type AskingLimits = z.infer<typeof askingLimitsSchema>;

/** `GET /api/healthz`; 503 when no bridge is connected. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'no_bridge']),
  protocol: z.int(),
  sites: z.array(siteIdSchema),
  bridges: z.array(bridgeHealthSchema),
  queue: z.object({ interactive: z.int(), batch: z.int() }),
  limits: z.optional(askingLimitsSchema),
  maintenance: z.array(maintenanceTaskSchema),
  maintenance_running: z.boolean(),
  maintenance_error: z.optional(z.string()),
});
export type Health = z.infer<typeof healthSchema>;
