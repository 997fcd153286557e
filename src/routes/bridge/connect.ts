import { ProblemError } from '#protocol/problem.ts';
import { authenticateBridge } from '../../access/bridge-token.ts';
import { settingsOf } from '../../settings.ts';
import { siteStub } from '../../site/stubs.ts';
import type { EdgeContext } from '../edge-app.ts';
import { throwIfProblem } from '../http/problem-response.ts';
import { declaredSite } from '../submit/declared-site.ts';

/**
 * The control WebSocket. It is refused by HTTP; a bridge whose WebSocket client hides the reason may ask the same path
 * without the upgrade.
 */
export async function connectBridge(context: EdgeContext): Promise<Response> {
  const { env, req } = context;
  const settings = settingsOf(env);
  const { bridge, verifyBody } = await authenticateBridge(req.raw, settings);
  await verifyBody(new Uint8Array(0));
  const site = declaredSite(req.query('site'), settings);
  if (site !== bridge.site)
    throw new ProblemError('FORBIDDEN', `The bridge ${bridge.bridgeId} does not belong to the site ${site}.`);
  if (req.header('upgrade')?.toLowerCase() !== 'websocket')
    throw new ProblemError('INVALID_PARAMS', 'This path takes a WebSocket (Upgrade: websocket).');
  const query = new URLSearchParams({ bridge_id: bridge.bridgeId, site });
  const handshake = new Request(`https://site/connect?${query.toString()}`, { headers: { upgrade: 'websocket' } });
  const response = await siteStub(env, site).fetch(handshake);
  if (response.status !== 101) await throwIfProblem(response);
  return response;
}
