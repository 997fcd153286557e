import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { importJWK, jwtVerify, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { loadDevKeys } from '../../src/local/dev-keys.ts';
import { StartError } from '../../src/local/start-error.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';

interface BridgeKeys {
  readonly bridge_id: string;
  readonly site: string;
  readonly keys: readonly { readonly kid: string; readonly x: string }[];
}

describe('the keys of this machine', () => {
  it('are made once and then stay', async () => {
    const dir = path.join(await makeTemporaryFolder(), 'keys');
    const first = await loadDevKeys(dir, 'fab1');
    expect(await loadDevKeys(dir, 'fab1')).toEqual(first);
    expect(first.bridgeKeys).toContain('"fab1"');
  });

  it('are readable by their owner only', async () => {
    const dir = path.join(await makeTemporaryFolder(), 'keys');
    const { privateKeyFile } = await loadDevKeys(dir, 'fab1');
    expect((await stat(privateKeyFile)).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  it('fit together: what the private one signs, the public one verifies', async () => {
    const { privateKeyFile, bridgeKeys, bridgeId } = await loadDevKeys(await makeTemporaryFolder(), 'fab1');
    const privateJwk = JSON.parse(await readFile(privateKeyFile, 'utf8')) as JWK;
    const [bridge] = JSON.parse(bridgeKeys) as BridgeKeys[];
    const [key] = bridge?.keys ?? [];
    expect(bridge).toMatchObject({ bridge_id: bridgeId, site: 'fab1' });
    expect(key?.kid).toBe(privateJwk.kid);
    expect(bridgeKeys).not.toContain(privateJwk.d);
    const token = await new SignJWT({ hello: 1 })
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(await importJWK(privateJwk, 'EdDSA'));
    const publicKey = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: key?.x ?? '' }, 'EdDSA');
    expect((await jwtVerify(token, publicKey)).payload['hello']).toBe(1);
  });

  it('are not replaced when the file is damaged, because an edge may still know the old one', async () => {
    const dir = await makeTemporaryFolder();
    const { privateKeyFile } = await loadDevKeys(dir, 'fab1');
    await writeFile(privateKeyFile, '{"kty":"OKP"');
    await expect(loadDevKeys(dir, 'fab1')).rejects.toThrow(StartError);
  });
});
