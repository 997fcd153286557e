import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../src/local/build.ts';
import { SECURITY_HEADERS } from '../../src/routes/http/security-headers.ts';
import { type Plant, startPlant } from '../helpers/plant.ts';
import { sampleFile } from '../helpers/sample-file.ts';

const BUILD_TIMEOUT_MS = 120_000;
const MAX_INITIAL_BYTES = 150_000;

let plant: Plant;
let script: string;
beforeAll(async () => {
  await buildWeb(AbortSignal.timeout(BUILD_TIMEOUT_MS));
  plant = await startPlant({ warehouseFile: await sampleFile(6000) });
  script = /src="([^"]+\.js)"/.exec(await (await fetch(plant.url)).text())?.[1] ?? '';
});
afterAll(() => plant?.stop());

describe('static assets', () => {
  it.each(['/', '/somewhere/else', '/favicon.svg', 'the script', '/api/healthz', '/api/nowhere'])(
    'carry the security headers of the Worker: %s',
    async (place) => {
      const { headers } = await fetch(new URL(place === 'the script' ? script : place, plant.url));
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(headers.get(name), name).toBe(value);
    },
  );

  it('are kept for good when their name has a hash, and asked for again when it has none', async () => {
    const cacheOf = async (place: string) => (await fetch(plant.url + place)).headers.get('cache-control');
    expect(script).toMatch(/^\/assets\/.+-[\w-]{8}\.js$/);
    expect(await cacheOf(script)).toBe('public, max-age=31536000, immutable');
    for (const place of ['/', '/favicon.svg', '/somewhere/else'])
      expect(await cacheOf(place)).toMatch(/^no-cache$|\bmax-age=0, must-revalidate$/);
  });

  it('that the page names are at most 150 kB of compressed JavaScript; the rest is loaded when it is wanted', async () => {
    const page = await (await fetch(plant.url)).text();
    const names = [...page.matchAll(/"(\/assets\/[^"]+\.js)"/g)].map(([, name]) => name ?? '');
    expect(names).toContain(script);
    let bytes = 0;
    for (const name of names) {
      const code = Buffer.from(await (await fetch(plant.url + name)).arrayBuffer());
      expect(code.toString()).not.toMatch(/PAR1|escape_formulas/);
      bytes += gzipSync(code).length;
    }
    expect(bytes).toBeLessThan(MAX_INITIAL_BYTES);
  });

  it('that do not exist are not there, and nobody keeps that answer', async () => {
    const answer = await fetch(`${plant.url}/assets/index-00000000.js`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control') ?? '').not.toContain('max-age');
  });
});
