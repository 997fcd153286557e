import type { BridgeConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import type { BridgeKey, SignCall } from './bridge-token.ts';
import { createSigner } from './bridge-token.ts';
import { EdgeClient } from './edge-client.ts';
import { EdgeHttp } from './edge-http.ts';

/** Connections to the edge. Daemon and job workers have their own: a stalled upload must not hold up a renewal. */
export async function createEdge(
  config: BridgeConfig,
  { key, log, connections }: { key: BridgeKey; log: Logger; connections: number },
): Promise<{ http: EdgeHttp; client: EdgeClient; sign: SignCall }> {
  const sign = await createSigner(config.bridgeId, key);
  const http = new EdgeHttp({ edgeUrl: config.edgeUrl, connections, sign, log });
  return { http, client: new EdgeClient(http, log), sign };
}
