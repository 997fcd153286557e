import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healthSchema } from '#protocol/health.ts';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { requireFreePort } from '../../src/local/readiness.ts';
import { findFreePort } from '../helpers/free-port.ts';

const START_TIMEOUT_MS = 120_000;
const CONTAINERS = '1000';

let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), 'lotstream-start-'));
});
afterAll(() => rm(stateDir, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  /** What it printed so far. */
  output(): string;
}

function run(args: readonly string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [path.join(PROJECT_DIR, 'src/local/start.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()));
  return { child, output: () => output };
}

async function start(): Promise<Started> {
  const port = await findFreePort();
  const { child, output } = run(['--port', String(port), '--state', stateDir, '--containers', CONTAINERS]);
  await expect
    .poll(() => (child.exitCode === null ? output() : 'ended'), { timeout: START_TIMEOUT_MS, interval: 50 })
    .toMatch(/lotstream is ready|^ended$/);
  if (child.exitCode !== null) throw new Error(output());
  return { child, output, port, url: `http://127.0.0.1:${port}` };
}

/** Exit code once everything that was started has let go of the port. */
async function waitForEnd({ child, port }: Started): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'close');
  await expect.poll(() => requireFreePort('127.0.0.1', port), { timeout: 10_000 }).toBeUndefined();
  return child.exitCode;
}

/** A process that has ended and was not collected yet counts as ended. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return status !== undefined && !/\) Z /.test(status);
}

describe('npm start', { timeout: START_TIMEOUT_MS + 30_000 }, () => {
  it('brings up the page, the edge and a bridge, and stops all of it at the first Ctrl-C', async () => {
    const started = await start();
    const health = healthSchema.parse(await (await fetch(`${started.url}/api/healthz`)).json());
    expect(health).toMatchObject({ status: 'ok', sites: ['fab1'], bridges: [{ site: 'fab1', draining: false }] });
    const page = await fetch(`${started.url}/a/page/of/the/application`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<!doctype html>');
    expect((await fetch(`${started.url}/api/nothing`)).status).toBe(404);

    started.child.kill('SIGINT');
    expect(await waitForEnd(started)).toBe(0);
    expect(await readFile(path.join(stateDir, 'bridge.log'), 'utf8')).toContain('bridge stopped');
  });

  it('leaves nothing running when it is killed itself', async () => {
    const started = await start();
    started.child.kill('SIGKILL');
    await waitForEnd(started);
    await expect
      .poll(() => readFile(path.join(stateDir, 'bridge.log'), 'utf8'), { timeout: 10_000 })
      .toContain('bridge stopped');
  });

  it('ends everything at the second Ctrl-C, even a bridge that hangs', async () => {
    const started = await start();
    const log = await readFile(path.join(stateDir, 'bridge.log'), 'utf8');
    const bridgePid = Number(/"pid":(\d+)/.exec(log)?.[1]);
    process.kill(bridgePid, 'SIGSTOP');
    const impatience = setInterval(() => started.child.kill('SIGINT'), 100);
    const code = await waitForEnd(started);
    clearInterval(impatience);
    expect(code).toBe(1);
    await expect.poll(() => isRunning(bridgePid)).toBe(false);
  });

  it('says in one sentence that its port is in use, and goes', async () => {
    const started = await start();
    const second = run(['--port', String(started.port), '--state', stateDir]);
    await once(second.child, 'close');
    expect(second.child.exitCode).toBe(1);
    expect(second.output()).toMatch(/^Port \d+ is in use\.[^\n]*\n$/);
    started.child.kill('SIGTERM');
    expect(await waitForEnd(started)).toBe(0);
  });

  it('prints its options', async () => {
    const { child, output } = run(['--help']);
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect(output()).toContain('--port PORT');
  });
});
