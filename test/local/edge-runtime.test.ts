import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EdgeOptions, EdgeRuntime } from '../../src/local/edge-runtime.ts';
import { startEdge } from '../../src/local/edge-runtime.ts';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';

/** A Worker with the classes of wrangler.toml that counts, echoes and streams. */
const WORKER = `
import { DurableObject } from 'cloudflare:workers';
import greeting from './greeting.sql';
export class SiteObject extends DurableObject {}
export class JobObject extends DurableObject {
  fetch() {
    this.ctx.storage.sql.exec('create table if not exists visit (id integer primary key)');
    this.ctx.storage.sql.exec('insert into visit default values');
    return new Response(String(this.ctx.storage.sql.exec('select count(*) as visits from visit').one().visits));
  }
}
const STORED = Uint8Array.from([31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 0, 2, 0, 253, 255, 104, 105, 3, 0, 172, 42, 147, 216, 2, 0, 0, 0]);
export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/api/visit') return env.JOB.getByName('one').fetch(request);
    if (pathname === '/api/gzip')
      return new Response(STORED, { encodeBody: 'manual', headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' } });
    if (pathname === '/bridge/socket') {
      const [client, server] = Object.values(new WebSocketPair());
      server.accept();
      server.addEventListener('message', ({ data }) => server.send('echo ' + data));
      return new Response(null, { status: 101, webSocket: client });
    }
    return Response.json({ greeting, variables: { ...env, JOB: undefined, SITE: undefined, ASSETS: undefined }, accepts: request.headers.get('accept-encoding') });
  },
};
`;

async function startCounter(options: Partial<EdgeOptions> = {}): Promise<EdgeRuntime & { options: EdgeOptions }> {
  const bundleDir = path.join(await makeTemporaryFolder(), 'bundle');
  await mkdir(path.join(PROJECT_DIR, 'dist/web'), { recursive: true });
  await mkdir(bundleDir);
  await writeFile(path.join(bundleDir, 'index.js'), WORKER);
  await writeFile(path.join(bundleDir, 'greeting.sql'), 'select 1;');
  await writeFile(path.join(bundleDir, 'README.md'), 'not a module');
  const persistDir = await makeTemporaryFolder();
  const complete = { bundleDir, persistDir, variables: { IDENTITY: 'local' }, onLog: () => undefined, ...options };
  const edge = await startEdge(complete);
  onTestFinished(() => edge.stop());
  return Object.assign(edge, { options: complete });
}

const read = async (url: string) => await (await fetch(url)).text();

/** Without the decoding that fetch does by itself. */
function readRaw(url: string, acceptEncoding: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { 'accept-encoding': acceptEncoding } }, (response) => {
      buffer(response).then(resolve, reject);
    })
      .once('error', reject)
      .end();
  });
}

describe('the edge on this machine', () => {
  it('has the bindings of wrangler.toml, the given variables, and SQL as text', async () => {
    const edge = await startCounter();
    expect(JSON.parse(await read(`${edge.url}/api/anything`))).toMatchObject({
      greeting: 'select 1;',
      variables: { SITES: 'fab1', IDENTITY: 'local' },
    });
  });

  it('gives the Worker the Accept-Encoding of the caller and the caller the bytes of the Worker', async () => {
    const edge = await startCounter();
    const seen = JSON.parse(String(await readRaw(`${edge.url}/api/anything`, 'identity;q=0.5'))) as { accepts: string };
    expect(seen.accepts).toBe('identity;q=0.5');
    const bytes = await readRaw(`${edge.url}/api/gzip`, 'identity');
    expect(bytes).toHaveLength(27);
    expect(gunzipSync(bytes).toString()).toBe('hi');
  });

  it('passes WebSockets through', async () => {
    const edge = await startCounter();
    const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/bridge/socket`);
    const answer = new Promise((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(data));
    });
    socket.addEventListener('open', () => socket.send('hello'));
    expect(await answer).toBe('echo hello');
    socket.close();
  });

  it('keeps what was acknowledged through a kill -9 of workerd, on the same port', async () => {
    const messages: string[] = [];
    const edge = await startCounter({ onLog: (level, message) => messages.push(`${level} ${message}`) });
    const { url, pid } = edge;
    expect(await read(`${url}/api/visit`)).toBe('1');
    await edge.crash();
    expect(edge.pid).not.toBe(pid);
    expect(edge.url).toBe(url);
    expect(await read(`${url}/api/visit`)).toBe('2');
    expect(messages.join('\n')).toContain('warn The Workers runtime crashed');
  });

  it('goes on with the storage of the one before', async () => {
    const first = await startCounter();
    await read(`${first.url}/api/visit`);
    await first.stop();
    const second = await startEdge(first.options);
    onTestFinished(() => second.stop());
    expect(await read(`${second.url}/api/visit`)).toBe('2');
  });

  it('runs beside another one, each with a process of its own', async () => {
    const [one, other] = await Promise.all([startCounter(), startCounter()]);
    expect(one.pid).not.toBe(other.pid);
    await one.crash();
    expect(await Promise.all([read(`${one.url}/api/visit`), read(`${other.url}/api/visit`)])).toEqual(['1', '1']);
  });

  it('ends its process when it is stopped', async () => {
    const edge = await startCounter();
    const { pid } = edge;
    await edge.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('says in one sentence that a port is in use, or that there is no bundle', async () => {
    const edge = await startCounter();
    const port = Number(new URL(edge.url).port);
    await expect(startEdge({ ...edge.options, port })).rejects.toThrow(`Port ${port} is in use.`);
    await expect(startEdge({ ...edge.options, bundleDir: '/nowhere' })).rejects.toThrow('There is no bundled Worker');
  });
});
