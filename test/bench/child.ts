import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** What a client or a read path prints of itself. */
export interface ChildFigures {
  readonly records: number;
  readonly bytes: number;
  readonly firstRecordMs: number;
  readonly elapsedMs: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

/** Runs a script of this folder to its end; its last line is its figures. */
export async function runChild(script: string, args: readonly string[]): Promise<ChildFigures> {
  const child = startChild(script, args);
  let last = '';
  if (child.stdout) for await (const line of createInterface({ input: child.stdout })) last = line;
  if (child.exitCode === null) await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`${script} failed`);
  return JSON.parse(last) as ChildFigures;
}

/** Starts a server of this folder and answers its port. */
export async function startServer(
  script: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; port: number }> {
  const child = startChild(script, args);
  if (!child.stdout) throw new Error('no output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, port: Number(line) };
}

function startChild(script: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [path.join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
