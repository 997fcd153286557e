import { useQuery } from '@tanstack/solid-query';
import type { UseQueryResult } from '@tanstack/solid-query';
import type { HealthAnswer } from './fetch-health.ts';
import { fetchHealth } from './fetch-health.ts';

const REFRESH_MS = 10_000;

/** How the edge is, looked at again and again; every caller shares the same looks. */
export function useHealth(): UseQueryResult<HealthAnswer> {
  return useQuery(() => ({
    queryKey: ['health'],
    queryFn: ({ signal }) => fetchHealth(signal),
    refetchInterval: REFRESH_MS,
    retry: false,
  }));
}

/** No look has come to its end yet: behind one that failed, the next one is no first look. */
export function isFirstLook(query: Pick<UseQueryResult<HealthAnswer>, 'isPending' | 'errorUpdatedAt'>): boolean {
  return query.isPending && query.errorUpdatedAt === 0;
}
