import { vi } from 'vitest';
import { PATIENCE_MS } from './patience.ts';

/** What `check` gives as soon as it does not throw. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: PATIENCE_MS });
}
