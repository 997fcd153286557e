import type { Health } from '#protocol/health.ts';
import { healthSchema } from '#protocol/health.ts';

/** The edge answers 503 with a readable body when no bridge is connected. @throws for anything that is no health. */
export async function fetchHealth(signal: AbortSignal): Promise<Health> {
  const response = await fetch('/api/healthz', { signal, cache: 'no-store' });
  const body: unknown = await response.json();
  const parsed = healthSchema.safeParse(body);
  if (!parsed.success) throw new Error('the health of the server cannot be read', { cause: parsed.error });
  return parsed.data;
}
