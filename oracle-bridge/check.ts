import type { BridgeConfig } from './config.ts';
import type { BridgeKey } from './edge/bridge-token.ts';
import { createEdge } from './edge/create-edge.ts';
import { describeAnswer } from './edge/edge-http.ts';
import type { WarehouseUse } from './job/open-warehouse.ts';
import { openWarehouse } from './job/open-warehouse.ts';
import type { Logger } from './log.ts';
import { LoginDesk } from './warehouse/oracle/login-desk.ts';

const EDGE_TIMEOUT_MS = 10_000;
/** What the edge answers to a well signed request for the control socket of this site that is no WebSocket. */
const WANTS_WEBSOCKET: readonly number[] = [400, 426];

export interface CheckResult {
  /** `replica`: the warehouse that long jobs read from, if that is another. */
  readonly name: 'warehouse' | 'replica' | 'edge';
  readonly ok: boolean;
  /** A plain sentence. */
  readonly detail: string;
}

/** Tries what the daemon will need: opens the warehouse and asks it something, reaches the edge and shows it a token. */
export async function checkBridge(config: BridgeConfig, key: BridgeKey, log: Logger): Promise<CheckResult[]> {
  const logins = new LoginDesk(() => performance.now());
  const results = [await checkWarehouse(config, { lane: 'interactive', log, logins })];
  const { warehouse } = config;
  if (warehouse.kind === 'oracle' && warehouse.reportConnectString !== undefined) {
    results.push({ ...(await checkWarehouse(config, { lane: 'batch', log, logins })), name: 'replica' });
  }
  return [...results, await checkEdge(config, { key, log })];
}

async function checkWarehouse(config: BridgeConfig, use: WarehouseUse): Promise<CheckResult> {
  try {
    const warehouse = await openWarehouse(config.warehouse, use);
    try {
      return { name: 'warehouse', ok: true, detail: `${warehouse.description} answers` };
    } finally {
      await warehouse.close();
    }
  } catch (error) {
    return { name: 'warehouse', ok: false, detail: describe(error) };
  }
}

async function checkEdge(config: BridgeConfig, parts: { key: BridgeKey; log: Logger }): Promise<CheckResult> {
  const { http, client } = await createEdge(config, { ...parts, connections: 1 });
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), EDGE_TIMEOUT_MS);
  try {
    const path = `/bridge/v1/connect?site=${encodeURIComponent(config.site)}`;
    const answer = await http.ask({ method: 'GET', path, signal: limit.signal });
    return WANTS_WEBSOCKET.includes(answer.status)
      ? { name: 'edge', ok: true, detail: `${config.edgeUrl} answers and accepts the key of this bridge` }
      : { name: 'edge', ok: false, detail: `${config.edgeUrl} answers ${describeAnswer(answer)}` };
  } catch (error) {
    return { name: 'edge', ok: false, detail: `${config.edgeUrl} cannot be reached: ${describe(error)}` };
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message || ('code' in error ? String(error.code) : error.name)}${cause}`;
}
