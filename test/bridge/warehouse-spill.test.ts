import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { claimSpillFolder } from '../../oracle-bridge/warehouse/duckdb/spill-folder.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';

it('what a killed worker has spilled is removed by the next one, what a live one has is not', async () => {
  const parent = await makeTemporaryFolder();
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  const names = [`lotstream-duckdb-${child.pid}-1`, `lotstream-duckdb-${process.ppid}-0`, 'something-else-1'];
  for (const name of names) {
    mkdirSync(path.join(parent, name));
    writeFileSync(path.join(parent, name, 'spilled'), 'x');
  }
  expect(claimSpillFolder(parent)).toMatch(new RegExp(`lotstream-duckdb-${process.pid}-\\d+$`));
  expect(readdirSync(parent).sort()).toEqual(names.slice(1).sort());
});
