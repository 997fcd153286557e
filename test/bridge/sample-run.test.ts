import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSample, SampleExistsError } from '../../oracle-bridge/sample/generate-sample.ts';
import { createProgressLines } from '../../oracle-bridge/sample/progress-lines.ts';
import { DEFAULT_CONTAINERS, readSampleArguments, UsageError } from '../../oracle-bridge/sample/sample-arguments.ts';
import { SampleDatabase } from '../../oracle-bridge/sample/sample-database.ts';
import { readSampleInfo, SAMPLE_VERSION } from '../../oracle-bridge/sample/sample-file.ts';
import type { MadeSample } from '../helpers/make-sample.ts';
import { makeSample, SAMPLE_OPTIONS } from '../helpers/make-sample.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';

const MAIN = 'oracle-bridge/sample/main.ts';

/** One number for all rows of all tables and the order they stand in. */
async function fingerprintOf(sample: MadeSample): Promise<unknown[][]> {
  const tables = await sample.ask(
    `select table_name from duckdb_tables() where schema_name = 'DWH' and table_name <> 'LOTSTREAM_SAMPLE' order by 1`,
  );
  return Promise.all(
    tables.map(async ([table]) => [
      table,
      ...(await sample.ask(`select count(*), sum(hash(line, line.rowid))::varchar from ${String(table)} as line`)),
    ]),
  );
}

describe('the contents of a sample', () => {
  const samples: MadeSample[] = [];
  const make = async (options: Parameters<typeof makeSample>[0]) => {
    const sample = await makeSample({ containers: 3000, ...options });
    samples.push(sample);
    return fingerprintOf(sample);
  };
  afterAll(() => Promise.all(samples.map((sample) => sample.close())));

  it('are the same for the same arguments, row by row, whatever the threads, and others for another seed', async () => {
    const first = await make({ threads: 1 });
    expect(first).toHaveLength(14);
    expect(await make({ threads: 2 })).toEqual(first);
    const other = await make({ seed: 2 });
    const changed = first.filter((table, index) => JSON.stringify(table) !== JSON.stringify(other[index]));
    // Machines, specs and excluded reasons are the plant's, not chance's.
    expect(changed.map(([table]) => table)).toEqual(
      first.map(([table]) => table).filter((table) => !/RESOURCE$|SPEC_WORKCENTER|EXCLUDE/.test(String(table))),
    );
  });
});

describe('the version of a sample', () => {
  it('is raised whenever the contents change', async () => {
    const sample = await makeSample({});
    try {
      const digest = createHash('sha256')
        .update(JSON.stringify(await fingerprintOf(sample)))
        .digest('hex');
      // The contents are others? Raise SAMPLE_VERSION, so that samples made before are made again, and note both here.
      expect({ version: SAMPLE_VERSION, digest }).toEqual({
        version: 1,
        digest: '6d9ddb810bfefb082d5e33f8ea53dda0ce212c396954fb41095a6af75a5e2d74',
      });
    } finally {
      await sample.close();
    }
  });
});

describe('the arguments of npm run sample', () => {
  it('have defaults', () => {
    expect(readSampleArguments([])).toEqual({
      containers: DEFAULT_CONTAINERS,
      seed: 1,
      out: '.lotstream/sample.duckdb',
      threads: 1,
      force: false,
    });
    expect(readSampleArguments(['--containers', '1_000_000', '--seed=7', '--force'])).toMatchObject({
      containers: 1_000_000,
      seed: 7,
      force: true,
    });
    expect(readSampleArguments(['--help'])).toBe('help');
  });

  it.each([
    [['--containers', 'many'], /--containers .*"many"/],
    [['--containers', '999'], /--containers .*1000/],
    [['--containers', '10000001'], /--containers .*10000000/],
    [['--containers', '1e5'], /--containers/],
    [['--containers=-5'], /--containers/],
    [['--containers', ''], /--containers/],
    [['--seed', '1.5'], /--seed/],
    [['--threads', '0'], /--threads/],
    [['--out', ''], /--out/],
    [['--size', '5'], /--size/],
    [['120000'], /120000/],
  ])('are refused when they are wrong: %j', (args, message) => {
    expect(() => readSampleArguments(args)).toThrow(UsageError);
    expect(() => readSampleArguments(args)).toThrow(message);
  });

  it('that are wrong end the run with code 2, a sentence and the usage, and write nothing', async () => {
    const folder = await makeTemporaryFolder();
    const run = spawnSync(process.execPath, [MAIN, '--containers', 'x', '--out', path.join(folder, 'sample.duckdb')], {
      encoding: 'utf8',
    });
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/^--containers must be a whole number/);
    expect(run.stderr).toContain('Usage: npm run sample');
    expect(await readdir(folder)).toEqual([]);
  });

  it('explain themselves', () => {
    const run = spawnSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8' });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('--containers N');
  });
});

describe('a run', () => {
  let sample: MadeSample;
  beforeAll(async () => {
    sample = await makeSample({ seed: 5 });
  });
  afterAll(() => sample.close());

  it('leaves one file, which says what it is', async () => {
    expect(await readdir(path.dirname(sample.file))).toEqual(['sample.duckdb']);
    expect(await readSampleInfo(sample.file)).toEqual({
      state: 'whole',
      info: { version: SAMPLE_VERSION, containers: 1000, seed: 5 },
    });
  });

  it('does not replace a file without being told to', async () => {
    const file = path.join(await makeTemporaryFolder(), 'sample.duckdb');
    await writeFile(file, 'mine');
    await expect(generateSample(file, SAMPLE_OPTIONS)).rejects.toThrow(SampleExistsError);
    expect(await readFile(file, 'utf8')).toBe('mine');
    await generateSample(file, { ...SAMPLE_OPTIONS, force: true });
    expect(await readSampleInfo(file)).toMatchObject({ state: 'whole' });
  });

  it('leaves nothing when it is interrupted between statements', async () => {
    const folder = await makeTemporaryFolder();
    const interruption = new AbortController();
    const reason = new Error('enough');
    const run = generateSample(path.join(folder, 'sample.duckdb'), {
      ...SAMPLE_OPTIONS,
      signal: interruption.signal,
      onProgress: () => interruption.abort(reason),
    });
    await expect(run).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not wait for a statement when it is interrupted', async () => {
    const interruption = new AbortController();
    const reason = new Error('enough');
    const file = path.join(await makeTemporaryFolder(), 'sample.duckdb');
    const database = await SampleDatabase.create(file, { threads: 1, signal: interruption.signal });
    try {
      // Would take hours.
      const endless = database.run(
        'select sum(one.range * other.range) from range(10000000) as one, range(1000000) as other',
      );
      setImmediate(() => interruption.abort(reason));
      await expect(endless).rejects.toBe(reason);
    } finally {
      database.close();
    }
  });

  it('ends with code 143 and leaves nothing after SIGTERM', async () => {
    const folder = await makeTemporaryFolder();
    const child = spawn(
      process.execPath,
      [MAIN, '--containers', '5000000', '--out', path.join(folder, 'sample.duckdb')],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const text: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (text.push(chunk) === 1) child.kill('SIGTERM');
    });
    const [code] = await once(child, 'exit');
    expect(code).toBe(143);
    expect(text.join('')).toContain('Interrupted by SIGTERM; nothing was written.');
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves after SIGKILL nothing under the file’s name, and the next run removes what is left', async () => {
    const folder = await makeTemporaryFolder();
    const file = path.join(folder, 'sample.duckdb');
    const child = spawn(process.execPath, [MAIN, '--containers', '5000000', '--out', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.once('data', () => child.kill('SIGKILL'));
    await once(child, 'exit');
    expect(await readdir(folder)).toContain(`sample.duckdb.${child.pid}.partial`);
    expect(await readSampleInfo(file)).toEqual({ state: 'absent' });
    await generateSample(file, SAMPLE_OPTIONS);
    expect(await readdir(folder)).toEqual(['sample.duckdb']);
  });
});

describe('reading what a file is', () => {
  it('tells apart no file, no database, another database and a sample of another version', async () => {
    const folder = await makeTemporaryFolder();
    expect(await readSampleInfo(path.join(folder, 'none.duckdb'))).toEqual({ state: 'absent' });
    const text = path.join(folder, 'text.duckdb');
    await writeFile(text, 'not a database at all');
    expect(await readSampleInfo(text)).toMatchObject({ state: 'unreadable' });
    const foreign = path.join(folder, 'foreign.duckdb');
    const outdated = path.join(folder, 'outdated.duckdb');
    await makeDatabase(foreign, 'create table t (a int)');
    await makeDatabase(
      outdated,
      `create schema DWH; create table DWH.LOTSTREAM_SAMPLE as select ${SAMPLE_VERSION - 1} as VERSION, 5 as CONTAINERS, 1 as SEED`,
    );
    expect(await readSampleInfo(foreign)).toEqual({ state: 'foreign' });
    expect(await readSampleInfo(outdated)).toEqual({
      state: 'outdated',
      info: { version: SAMPLE_VERSION - 1, containers: 5, seed: 1 },
    });
  });

  it('calls a sample foreign whose last row was never written', async () => {
    const file = path.join(await makeTemporaryFolder(), 'half.duckdb');
    await makeDatabase(file, await readFile('sql/duckdb/schema.sql', 'utf8'));
    expect(await readSampleInfo(file)).toEqual({ state: 'foreign' });
  });
});

async function makeDatabase(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

describe('progress', () => {
  it('is a line with percent, statement, rows and time, at most one a second', () => {
    let nowMs = 0;
    const lines = createProgressLines(() => nowMs);
    nowMs = 100;
    expect(lines.next({ percent: 1.9, statement: 'slots', rows: 1000 })).toBe(
      '  1 %  slots              1,000 rows     0.1 s',
    );
    nowMs = 1099;
    expect(lines.next({ percent: 2, statement: 'history', rows: 2000 })).toBeUndefined();
    nowMs = 1100;
    expect(lines.next({ percent: 50, statement: 'history', rows: 2_000_000 })).toContain('2,000,000 rows');
    nowMs = 12_345;
    expect(lines.last({ file: 'a.duckdb', rows: 3_000_000, bytes: 159_000_000 })).toBe(
      'a.duckdb: 3,000,000 rows, 159 MB, 12.3 s',
    );
  });
});
