import { useQuery } from '@tanstack/solid-query';
import type { UseQueryResult } from '@tanstack/solid-query';
import type { Health } from '#protocol/health.ts';
import { healthSchema } from '#protocol/health.ts';
import type { MaintenanceReading } from './maintenance-reading.ts';
import { readMaintenance } from './maintenance-reading.ts';

const REFRESH_MS = 10_000;

export interface HealthAnswer {
  /** `undefined`: the body is not that of a health. */
  readonly health: Health | undefined;
  readonly maintenance: MaintenanceReading;
}

/** How the edge is, looked at again and again; every caller shares the same looks. */
export function useHealth(): UseQueryResult<HealthAnswer> {
  return useQuery(() => ({
    queryKey: ['health'],
    queryFn: ({ signal }) => fetchHealth(signal),
    refetchInterval: REFRESH_MS,
    retry: false,
  }));
}

/** The edge answers 503 with a readable body when no bridge is connected. @throws when there is no answer, or no JSON. */
async function fetchHealth(signal: AbortSignal): Promise<HealthAnswer> {
  const response = await fetch('/api/healthz', { signal, cache: 'no-store' });
  const body: unknown = await response.json();
  return { health: healthSchema.safeParse(body).data, maintenance: readMaintenance(response.status, body) };
}
