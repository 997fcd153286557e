import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { healthSchema } from '#protocol/health.ts';
import { StartError } from './start-error.ts';

const BRIDGE_CONNECT_TIMEOUT_MS = 60_000;
const HEALTH_POLL_MS = 200;

/**
 * Looks before anything is built whether the port can be had.
 * @throws StartError if it cannot.
 */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE')
      throw new StartError(
        `Port ${port} is in use. Stop what uses it, or take another one: PORT=${port + 1} npm start.`,
        {
          cause,
        },
      );
    throw new StartError(`lotstream cannot listen on ${host}, port ${port} (${String(code)}).`, { cause });
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/**
 * Resolves when the edge says that a bridge is connected.
 * @throws StartError if none is in time; the signal's reason if that came first.
 */
export async function waitForBridge(url: string, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(BRIDGE_CONNECT_TIMEOUT_MS);
  const either = AbortSignal.any([signal, deadline]);
  for (;;) {
    const connected = await hasBridge(url, either);
    signal.throwIfAborted();
    if (connected) return;
    if (deadline.aborted) throw new StartError('The bridge did not reach the edge in time.');
    await delay(HEALTH_POLL_MS, undefined, { signal: either }).catch(() => undefined);
  }
}

async function hasBridge(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/api/healthz`, { signal });
    const health = healthSchema.safeParse(await answer.json());
    return health.success && health.data.bridges.some((bridge) => !bridge.draining);
  } catch {
    return false;
  }
}
