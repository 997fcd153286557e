import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

const LOG_MODULE = new URL('../../oracle-bridge/log.ts', import.meta.url).href;
/** More than may wait to be written. */
const SCRIPT = `
const { createLogger } = await import('${LOG_MODULE}');
const log = createLogger({ level: 'info' });
for (let line = 0; line < 500; line++) log.info({ text: 'x'.repeat(10_000) }, 'nobody reads this');
await new Promise((resolve) => setImmediate(resolve));
console.error('still here');
`;

it('a log that cannot be written ends no process', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  const exited = once(child, 'exit');
  if (!child.stderr) throw new Error('no pipe');
  expect(await text(child.stderr)).toBe('still here\n');
  expect(await exited).toEqual([0, null]);
});
