import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StartError } from './start-error.ts';

/** What a failed tool said last is all that helps; the rest is dropped. */
const MAX_KEPT_OUTPUT_CHARS = 8000;

export interface ToolRun {
  /** For the message of a failure: `Building the web application`. */
  readonly what: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** `show`: the tool's progress is the user's; else its output is seen only if it fails. */
  readonly output: 'show' | 'keep';
}

/**
 * Runs a Node script to its end.
 * @throws StartError if it fails, with the end of its output; the signal's reason if that came first.
 */
export async function runTool(run: ToolRun): Promise<void> {
  run.signal.throwIfAborted();
  const child = spawn(process.execPath, [run.script, ...run.args], {
    cwd: run.cwd,
    stdio: run.output === 'show' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    // Nothing is sent anywhere from a machine that only tries lotstream out.
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_SANITIZE: 'true' },
  });
  let kept = '';
  const keep = (text: Buffer) => {
    kept = (kept + text.toString()).slice(-MAX_KEPT_OUTPUT_CHARS);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const stop = () => child.kill('SIGTERM');
  run.signal.addEventListener('abort', stop, { once: true });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    run.signal.throwIfAborted();
    if (code !== 0) throw new StartError(`${run.what} failed.${kept === '' ? '' : `\n\n${kept.trimEnd()}`}`);
  } finally {
    run.signal.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}
