import type { BridgeConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import type { BridgeKey, SignCall } from './bridge-token.ts';
import { createSigner } from './bridge-token.ts';
import { EdgeClient } from './edge-client.ts';
import { EdgeHttp } from './edge-http.ts';

/** Connections to the edge as the configuration wants them; each job worker has its own. */
export async function createEdge(
  config: BridgeConfig,
  { key, log }: { key: BridgeKey; log: Logger },
): Promise<{ http: EdgeHttp; client: EdgeClient; sign: SignCall }> {
  const sign = await createSigner(config.bridgeId, key);
  const http = new EdgeHttp({ edgeUrl: config.edgeUrl, connections: config.uploadConnections, sign, log });
  return { http, client: new EdgeClient(http), sign };
}
