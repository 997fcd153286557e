import { createHash } from 'node:crypto';
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { BRIDGE_TOKEN_AUDIENCE, bridgeTokenClaimsSchema } from '#protocol/bridge-message.ts';
import { MAX_BRIDGE_TOKEN_SECONDS } from '#protocol/limits.ts';
import { ConfigError } from '../../oracle-bridge/config.ts';
import { createSigner, loadBridgeKey } from '../../oracle-bridge/edge/bridge-token.ts';
import { makeKey } from '../helpers/bridge-samples.ts';

describe('the token of a bridge call', () => {
  it('is an Ed25519 JWT for one method, path and body, and lives a minute at most', async () => {
    const key = await makeKey('spring');
    const sign = await createSigner('fab1-bridge-1', key);
    const body = Buffer.from('{"a":1}');
    const token = await sign({ method: 'POST', path: '/bridge/v1/leases?x=1', body });

    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', kid: 'spring' });
    const publicKey = await importJWK({ kty: key.kty, crv: key.crv, x: key.x }, 'EdDSA');
    const { payload } = await jwtVerify(token, publicKey, {
      audience: BRIDGE_TOKEN_AUDIENCE,
      issuer: 'fab1-bridge-1',
      algorithms: ['EdDSA'],
    });
    expect(bridgeTokenClaimsSchema.parse(payload)).toEqual({
      iss: 'fab1-bridge-1',
      method: 'POST',
      path: '/bridge/v1/leases?x=1',
      body_sha256: createHash('sha256').update(body).digest('hex'),
    });
    const { exp = 0, iat = 0 } = payload;
    expect(exp - iat).toBeGreaterThan(0);
    expect(exp - iat).toBeLessThanOrEqual(MAX_BRIDGE_TOKEN_SECONDS);
    expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(10);
  });

  it('names the digest of nothing where there is no body', async () => {
    const key = await makeKey();
    const sign = await createSigner('b', key);
    const publicKey = await importJWK({ kty: key.kty, crv: key.crv, x: key.x }, 'EdDSA');
    const { payload } = await jwtVerify(await sign({ method: 'GET', path: '/' }), publicKey);
    expect(payload['body_sha256']).toBe(createHash('sha256').digest('hex'));
  });

  it('is not made with anything but a private Ed25519 key', async () => {
    for (const jwk of ['', '{}', 'not json', JSON.stringify({ ...(await makeKey()), d: undefined })]) {
      await expect(loadBridgeKey({ jwk })).rejects.toThrow(ConfigError);
    }
    await expect(loadBridgeKey({ jwk: JSON.stringify(await makeKey()) })).resolves.toMatchObject({ kid: 'k1' });
  });
});
