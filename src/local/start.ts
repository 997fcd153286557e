import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

/**
 * `npm start`. Only what an older Node can read stands here: it says what is wrong instead of failing on newer syntax.
 * The work is done by run.ts in a process group of its own. It stops in good order when the channel to it closes: at the
 * first Ctrl-C, or when this process is gone. The second Ctrl-C ends the whole group at once.
 */
const NEEDED_NODE_MAJOR = 24;
/** npm passes on a Ctrl-C that the terminal has already sent to every process: twice within this is once. */
const SAME_KEYPRESS_MS = 300;

if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE_MAJOR) {
  process.stderr.write(
    `lotstream needs Node ${NEEDED_NODE_MAJOR} or newer, not ${process.version}. "npm start" brings it along.\n`,
  );
  process.exit(1);
}

const child = spawn(process.execPath, [path.join(import.meta.dirname, 'run.ts'), ...process.argv.slice(2)], {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
let askedAtMs: number | undefined;

function onSignal() {
  const nowMs = performance.now();
  if (askedAtMs === undefined) {
    askedAtMs = nowMs;
    process.stdout.write('\nStopping: running jobs are handed back. Ctrl-C again ends everything at once.\n');
    child.disconnect();
  } else if (nowMs - askedAtMs > SAME_KEYPRESS_MS && child.pid !== undefined) {
    process.kill(-child.pid, 'SIGKILL');
  }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
child.once('exit', (code) => process.exit(code ?? 1));
