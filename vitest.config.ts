import { cloudflareTest } from '@cloudflare/vitest-plugin';
import solid from 'vite-plugin-solid';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/helpers/patience.ts';

/** SQL files are text modules, as the `rules` of wrangler.toml say. */
const sqlAsText = {
  name: 'sql-as-text',
  transform(code: string, id: string) {
    return id.endsWith('.sql') ? { code: `export default ${JSON.stringify(code)};`, map: null } : undefined;
  },
};

/** An `expect.poll` waits a second unless told, which a busy machine may need. */
const PATIENT = { poll: { timeout: PATIENCE_MS } };
/** Files that run at once: enough to keep a small machine busy. */
const WORKERS = 2;
/** They compare figures of one run, or give processes little time: nothing else may take it. */
const LONELY_TESTS = ['test/e2e/{faults,readers,page-figures}.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [sqlAsText],
        test: {
          name: 'node',
          include: ['test/{protocol,stream,job,limits,bridge,local,faults}/**/*.test.ts'],
          environment: 'node',
          expect: PATIENT,
          testTimeout: 60_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [sqlAsText, cloudflareTest({ wrangler: { configPath: './wrangler.toml' } })],
        test: {
          name: 'workerd',
          include: ['test/edge/**/*.test.ts'],
          expect: PATIENT,
          testTimeout: 60_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [solid()],
        test: {
          name: 'web',
          include: ['test/web/**/*.test.{ts,tsx}'],
          environment: 'node',
          expect: PATIENT,
          testTimeout: 60_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: LONELY_TESTS,
          environment: 'node',
          expect: PATIENT,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'alone',
          include: LONELY_TESTS,
          environment: 'node',
          expect: PATIENT,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
