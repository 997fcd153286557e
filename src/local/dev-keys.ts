import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod/mini';
import { StartError } from './start-error.ts';

/** The Ed25519 key of the bridge of this machine. */
export interface DevKeys {
  readonly bridgeId: string;
  /** JWK with a `kid`, readable by its owner only. */
  readonly privateKeyFile: string;
  /** Value of the edge's `BRIDGE_KEYS`: the public half. */
  readonly bridgeKeys: string;
}

const BRIDGE_ID = 'local-bridge';
const KEY_ID = 'local-1';

const privateKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string(),
  x: z.string(),
  d: z.string(),
});

/**
 * Reads the key pair of this machine, or makes it once.
 * @throws StartError if the file is there and is no such key.
 */
export async function loadDevKeys(dir: string, site: string): Promise<DevKeys> {
  const privateKeyFile = path.join(dir, 'bridge-private-key.json');
  const { kid, x } = (await readPrivateKey(privateKeyFile)) ?? (await createPrivateKey(privateKeyFile));
  const bridgeKeys = JSON.stringify([{ bridge_id: BRIDGE_ID, site, keys: [{ kid, x }] }]);
  return { bridgeId: BRIDGE_ID, privateKeyFile, bridgeKeys };
}

async function readPrivateKey(file: string) {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
  const parsed = privateKeySchema.safeParse(parseJson(text));
  if (!parsed.success) throw new StartError(`${file} is not an Ed25519 key. Remove it; a new one will be made.`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function createPrivateKey(file: string) {
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true });
  const jwk = privateKeySchema.parse({ ...(await exportJWK(privateKey)), kid: KEY_ID });
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  // Renamed when it is complete: a start that is interrupted leaves no half key behind.
  const partial = `${file}.partial`;
  await writeFile(partial, `${JSON.stringify(jwk)}\n`, { mode: 0o600 });
  await chmod(partial, 0o600);
  await rename(partial, file);
  return jwk;
}
