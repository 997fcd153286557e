import type { Health } from '#protocol/health.ts';
import { healthSchema } from '#protocol/health.ts';
import type { MaintenanceReading } from './maintenance-reading.ts';
import { readMaintenance } from './maintenance-reading.ts';

/** Shorter than the time between two looks: one that hangs must not leave the last good one standing. */
export const LOOK_TIMEOUT_MS = 8000;

export interface HealthAnswer {
  /** `undefined`: the body is not that of a health. */
  readonly health: Health | undefined;
  readonly maintenance: MaintenanceReading;
}

/**
 * The edge answers 503 with a readable body when no bridge is connected.
 *
 * @throws when there is no answer in time, or no JSON.
 */
export async function fetchHealth(signal: AbortSignal): Promise<HealthAnswer> {
  signal.throwIfAborted();
  const look = new AbortController();
  const stop = (): void => look.abort(signal.reason);
  signal.addEventListener('abort', stop);
  const timer = setTimeout(() => look.abort(), LOOK_TIMEOUT_MS);
  try {
    const response = await fetch('/api/healthz', { signal: look.signal, cache: 'no-store' });
    const body: unknown = await response.json();
    return { health: healthSchema.safeParse(body).data, maintenance: readMaintenance(response.status, body) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
