import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../oracle-bridge/config.ts';
import { ConfigError, parseConfig } from '../../oracle-bridge/config.ts';
import { VARIABLES } from '../../oracle-bridge/config-variables.ts';
import { renderEnvExample } from '../../oracle-bridge/env-example.ts';
import { makeEnvironment, makeKey } from '../helpers/bridge-samples.ts';

const ORACLE = {
  WAREHOUSE: 'oracle',
  ORACLE_CONNECT_STRING: 'dwh:1521/DWH',
  ORACLE_USER: 'LOTSTREAM',
  ORACLE_PASSWORD_FILE: '/etc/password',
};

const MAIN = 'oracle-bridge/main.ts';

function problemsOf(environment: Environment): readonly string[] {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

function runMain(command: string[], environment: Environment = {}) {
  const { PATH } = process.env;
  return spawnSync(process.execPath, [MAIN, ...command], { encoding: 'utf8', env: { PATH, ...environment } });
}

describe('the configuration of the bridge', () => {
  it('needs few variables and has defaults for the rest', () => {
    const config = parseConfig(makeEnvironment({ EDGE_URL: 'https://edge.example.com/' }));
    expect(config).toMatchObject({
      edgeUrl: 'https://edge.example.com',
      slots: { interactive: 2, batch: 2 },
      batchRecords: 5000,
      uploadConnections: 4,
      slowStatements: 3,
      warehouse: { kind: 'duckdb', threads: 2, memoryLimit: '1GB' },
      shutdownGraceMs: 60_000,
      logLevel: 'info',
    });
  });

  it('lets one slow statement run at least', () => {
    expect(parseConfig(makeEnvironment({ SLOW_STATEMENTS: '1' })).slowStatements).toBe(1);
    expect(problemsOf(makeEnvironment({ SLOW_STATEMENTS: '0' }))).toEqual(['SLOW_STATEMENTS must be at least 1']);
  });

  it('limits what a search for containers may ask for and find', () => {
    expect(parseConfig(makeEnvironment()).seedLimits).toEqual({
      maxValues: 0,
      minPatternLiterals: 2,
      maxMatchesPerPattern: 2000,
      maxSeeds: 30_000,
    });
    const given = {
      CONTAINER_RESOLVE_INPUT_MAX_VALUES: '100',
      CONTAINER_RESOLVE_PATTERN_MIN_PREFIX_LEN: '4',
      CONTAINER_RESOLVE_MAX_EXPANSION_PER_TOKEN: '500',
      CONTAINER_RESOLVE_MAX_CONTAINER_IDS: '80000',
    };
    expect(parseConfig(makeEnvironment(given)).seedLimits).toEqual({
      maxValues: 100,
      minPatternLiterals: 4,
      maxMatchesPerPattern: 500,
      maxSeeds: 80_000,
    });
    const wrong = { CONTAINER_RESOLVE_PATTERN_MIN_PREFIX_LEN: '1', CONTAINER_RESOLVE_MAX_CONTAINER_IDS: '0' };
    expect(problemsOf(makeEnvironment(wrong)).map((line) => line.split(' ')[0])).toEqual(Object.keys(wrong));
  });

  it('reads an Oracle warehouse with little more than where it is and who reads', () => {
    const config = parseConfig(makeEnvironment({ DUCKDB_FILE: undefined, ...ORACLE }));
    expect(config.warehouse).toEqual({
      kind: 'oracle',
      connectString: 'dwh:1521/DWH',
      reportConnectString: undefined,
      user: 'LOTSTREAM',
      password: { file: '/etc/password' },
      walletDir: undefined,
      walletPassword: undefined,
      tlsServerDn: undefined,
      poolSize: 4,
      connectTimeoutMs: 10_000,
      expireMinutes: 5,
      fetchRows: 1000,
      walk: 'connect-by',
      lists: 'bound',
      snapshot: 'domain',
    });
    const more = {
      ORACLE_REPORT_CONNECT_STRING: 'standby/DWH',
      ORACLE_PASSWORD_FILE: undefined,
      ORACLE_PASSWORD: 'p w',
      ORACLE_WALLET_DIR: '/wallet',
      ORACLE_WALLET_PASSWORD_FILE: '/wallet/password',
      ORACLE_TLS_SERVER_DN: 'CN=dwh',
      ORACLE_LISTS: 'loaded',
      ORACLE_SNAPSHOT: 'job',
    };
    expect(parseConfig(makeEnvironment({ ...ORACLE, ...more })).warehouse).toMatchObject({
      reportConnectString: 'standby/DWH',
      password: { text: 'p w' },
      walletDir: '/wallet',
      walletPassword: { file: '/wallet/password' },
      tlsServerDn: 'CN=dwh',
      lists: 'loaded',
      snapshot: 'job',
    });
  });

  it.each([
    [{ DUCKDB_FILE: undefined }, ['DUCKDB_FILE is missing']],
    [{ WAREHOUSE: 'oracle' }, ['ORACLE_CONNECT_STRING is', 'ORACLE_USER is', 'ORACLE_PASSWORD_FILE or']],
    [{ ...ORACLE, ORACLE_PASSWORD: 'x' }, ['ORACLE_PASSWORD_FILE or ORACLE_PASSWORD must be given, and not both']],
    [{ ...ORACLE, ORACLE_WALLET_PASSWORD: 'x', ORACLE_WALLET_PASSWORD_FILE: 'y' }, ['ORACLE_WALLET_PASSWORD_FILE and']],
    [{ ...ORACLE, ORACLE_LISTS: 'loaded' }, ['ORACLE_LISTS=loaded needs ORACLE_SNAPSHOT=job']],
    [{ ...ORACLE, ORACLE_POOL_SIZE: '0' }, ['ORACLE_POOL_SIZE must be at least 1']],
  ])('refuses a warehouse that cannot be: %o', (changes, beginnings) => {
    const lines = problemsOf(makeEnvironment(changes));
    expect(lines).toEqual(beginnings.map((beginning) => expect.stringMatching(new RegExp(`^${beginning}`))));
  });

  it('takes an empty variable as absent', () => {
    expect(parseConfig(makeEnvironment({ SLOTS_BATCH: ' ' })).slots.batch).toBe(2);
    expect(problemsOf(makeEnvironment({ SITE: '' }))).toEqual([expect.stringMatching(/^SITE is missing/)]);
  });

  it('names every problem in a line of its own and repeats no value', () => {
    const lines = problemsOf({
      ...makeEnvironment(),
      EDGE_URL: 'ftp://secret.example.com/x',
      SITE: 'Fab 1',
      SLOTS_BATCH: '2.5',
      DUCKDB_THREADS: '0',
      LOG_LEVEL: 'loud',
      BRIDGE_PRIVATE_KEY_FILE: '/also/given',
    });
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'EDGE_URL',
      'SITE',
      'DUCKDB_THREADS',
      'SLOTS_BATCH',
      'LOG_LEVEL',
      'BRIDGE_PRIVATE_KEY_FILE',
    ]);
    expect(lines.join('\n')).not.toContain('secret');
  });

  it('refuses an address with a path, and a bridge without slots', () => {
    expect(problemsOf(makeEnvironment({ EDGE_URL: 'https://edge.example.com/api' }))).toHaveLength(1);
    expect(problemsOf(makeEnvironment({ SLOTS_BATCH: '0', SLOTS_INTERACTIVE: '0' }))).toHaveLength(1);
  });
});

describe('.env.example', () => {
  it('is what the table of variables says', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(renderEnvExample());
  });

  it('describes every variable, with a value that is valid', () => {
    const text = renderEnvExample();
    for (const [name, { example, schema }] of Object.entries(VARIABLES)) {
      expect(text).toContain(`${name}=${example}`);
      expect([name, schema.safeParse(example).success]).toEqual([name, true]);
    }
  });
});

describe('oracle-bridge', () => {
  it('says what is wrong with its configuration, without a stack, and exits 78', async () => {
    const missing = runMain(['start']);
    expect(missing.status).toBe(78);
    expect(missing.stdout).toBe('');
    const lines = missing.stderr.trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'EDGE_URL',
      'SITE',
      'BRIDGE_ID',
      'DUCKDB_FILE',
      'BRIDGE_PRIVATE_KEY_FILE',
    ]);

    const noFile = { ...makeEnvironment(), BRIDGE_PRIVATE_KEY_JWK: '', BRIDGE_PRIVATE_KEY_FILE: '/no/such/key' };
    const unreadable = runMain(['check'], noFile);
    expect(unreadable.status).toBe(78);
    expect(unreadable.stderr).toBe('BRIDGE_PRIVATE_KEY_FILE cannot be read (ENOENT): /no/such/key\n');

    const mixed = { ...(await makeKey()), x: (await makeKey()).x };
    const torn = runMain(['check'], makeEnvironment({ BRIDGE_PRIVATE_KEY_JWK: JSON.stringify(mixed) }));
    expect(torn.status).toBe(78);
    expect(torn.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(torn.stderr).not.toContain(mixed.d);
  });

  it('prints no password, whatever fails', async () => {
    const secrets = { ORACLE_PASSWORD: 'top-secret-1', ORACLE_WALLET_PASSWORD: 'top-secret-2' };
    const oracle = { ...ORACLE, ORACLE_PASSWORD_FILE: '', ORACLE_CONNECT_STRING: 'tcps://127.0.0.1:1/DWH', ...secrets };
    const key = { BRIDGE_PRIVATE_KEY_JWK: JSON.stringify(await makeKey()) };
    const checked = runMain(['check'], makeEnvironment({ ...oracle, ...key }));
    expect(checked.status).toBe(1);
    expect(checked.stdout).toMatch(/^FAILED {2}warehouse: WAREHOUSE_UNAVAILABLE: .+ \(NJS-\d+/m);
    const refused = runMain(['check'], makeEnvironment({ ...oracle, ...key, ORACLE_PASSWORD_FILE: '/too' }));
    expect(refused.status).toBe(78);
    for (const { stdout, stderr } of [checked, refused]) expect(stdout + stderr).not.toContain('top-secret');
  });

  it('prints .env.example and its help, and refuses other commands with 64', () => {
    expect(runMain(['env'])).toMatchObject({ status: 0, stdout: renderEnvExample() });
    expect(runMain(['--help']).stdout).toContain('Usage: oracle-bridge <command>');
    expect(runMain(['run']).status).toBe(64);
  });
});
