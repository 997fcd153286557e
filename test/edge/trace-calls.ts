import type { Env } from '../../src/env.ts';
import type { ConnectedBridge } from './app-harness.ts';
import { connectBridge, makeEnv } from './app-harness.ts';

/** Calls of the three stages of a trace, as tests of their routes make them. */
export const SEEDS = '/api/trace/seed-resolve';
export const LINEAGE = '/api/trace/lineage';
export const EVENTS = '/api/trace/events';
export const ID = '488103800029578b';
export const ASYNC = { prefer: 'respond-async' };

export const seedBody = { profile: 'query_tool', params: { input_type: 'lot_id', values: ['GA26011704-A00-003'] } };
export const eventsBody = { profile: 'query_tool', domains: ['materials'], container_ids: [ID] };

export function idNumber(index: number): string {
  return index.toString(16).padStart(16, '0');
}

/** A site of its own, with a bridge. */
export async function openSite(site: string): Promise<{ env: Env; bridge: ConnectedBridge }> {
  const env = makeEnv({ SITES: site });
  return { env, bridge: await connectBridge(env) };
}

export const byDays = (start_date: string, end_date: string, ...workcenter_groups: string[]) => ({
  mode: 'date_range',
  start_date,
  end_date,
  workcenter_groups,
});
