import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOptions, PROJECT_DIR, USAGE } from '../../src/local/options.ts';
import { StartError } from '../../src/local/start-error.ts';

describe('the options of npm start', () => {
  it('listen on this machine only, and keep everything in .lotstream, unless told otherwise', () => {
    expect(parseOptions([], {})).toEqual({
      host: '127.0.0.1',
      port: 8787,
      stateDir: path.join(PROJECT_DIR, '.lotstream'),
      warehouseFile: path.join(PROJECT_DIR, '.lotstream/sample.duckdb'),
      sampleArguments: [],
      help: false,
    });
  });

  it('take the port from PORT, and --port wins', () => {
    expect(parseOptions([], { PORT: '9000' }).port).toBe(9000);
    expect(parseOptions(['--port', '9001'], { PORT: '9000' }).port).toBe(9001);
  });

  it('hand the size of the sample to its generator', () => {
    const { sampleArguments, warehouseFile } = parseOptions(['--containers', '100', '--seed=7', '--state', '/x'], {});
    expect(sampleArguments).toEqual(['--containers', '100', '--seed', '7']);
    expect(warehouseFile).toBe('/x/sample.duckdb');
  });

  it.each([
    [['--prot', '1']],
    [['serve']],
    [['--port']],
    [['--port', '0']],
    [['--port', '65536']],
    [['--port', '80x']],
    [['--port', '']],
  ])('refuse %j in one sentence', (args) => {
    expect(() => parseOptions(args, {})).toThrow(StartError);
  });

  it('are all in the help', () => {
    for (const name of ['host', 'port', 'state', 'warehouse', 'containers', 'seed'])
      expect(USAGE).toContain(`--${name} `);
    expect(parseOptions(['-h'], {}).help).toBe(true);
  });
});
