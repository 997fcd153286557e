import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Server } from 'node:tls';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PoolOptions } from '../../oracle-bridge/warehouse/oracle/pool.ts';
import type { Answer } from '../helpers/oracle-server/answers.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';
import {
  answerSetup,
  openOn,
  readerOf,
  serialNumbers,
  serialRows,
  untilEmpty,
} from '../helpers/oracle-test-warehouse.ts';
import { id } from '../helpers/tiny-warehouse.ts';

/** A key under the password `wallet` and its certificate, of localhost, which trusts itself. Made for these tests alone. */
const WALLET = new URL('../fixtures/oracle-wallet/ewallet.pem', import.meta.url);
const WALLET_PASSWORD = 'wallet';
const never = new AbortController().signal;

let server: OracleServer;
let line: Server;
let answer: () => Answer = () => serialRows(3);

/** TLS in front of the server. */
beforeAll(async () => {
  server = await OracleServer.start({ ...TEST_LOGIN, answer: ({ sql }) => answerSetup(sql) ?? answer() });
  const pem = readFileSync(WALLET);
  line = createServer({ key: pem, cert: pem, passphrase: WALLET_PASSWORD }, (near) => {
    const far = connect(server.port, '127.0.0.1');
    near.pipe(far).on('error', () => near.destroy());
    far.pipe(near).on('error', () => far.destroy());
    near.on('close', () => far.destroy());
  }).listen(0, '127.0.0.1');
  await once(line, 'listening');
});

afterAll(async () => {
  await server.close();
  line.close();
});

function options(changes: Partial<PoolOptions> = {}): Partial<PoolOptions> {
  return {
    connectString: `tcps://127.0.0.1:${(line.address() as AddressInfo).port}/${TEST_LOGIN.service}`,
    walletDir: fileURLToPath(new URL('.', WALLET)),
    walletPassword: { text: WALLET_PASSWORD },
    ...changes,
  };
}

describe('an encrypted connection to Oracle', () => {
  it.each([undefined, 'O=lotstream,CN=dwh.example.com'])(
    'reads with a wallet; name of the server: %s',
    async (name) => {
      const warehouse = await openOn(server, options({ tlsServerDn: name }));
      await expect(readerOf(warehouse).readRows(serialNumbers([id(1)]), never)).resolves.toHaveLength(3);
      await warehouse.close();
      await untilEmpty(server);
    },
  );

  it.each<[string, Partial<PoolOptions>]>([
    ['a server of another name', { tlsServerDn: 'O=lotstream,CN=other.example.com' }],
    ['a wallet that is not opened by its password', { walletPassword: { text: 'other' } }],
    ['a certificate that nobody vouches for', { walletDir: undefined, walletPassword: undefined }],
  ])('is not made to %s', async (_what, changes) => {
    await expect(openOn(server, options(changes))).rejects.toMatchObject({
      code: 'WAREHOUSE_UNAVAILABLE',
      detail: 'The encrypted connection to the warehouse could not be made.',
    });
    await untilEmpty(server);
  });

  it('is cut when a stopped statement is not ended', async () => {
    const warehouse = await openOn(server, options());
    server.breakAnswer = 'never';
    answer = () => serialRows(9, { hangAtRow: 4 });
    const abort = new AbortController();
    const read = readerOf(warehouse).readRows(serialNumbers([id(1)]), abort.signal);
    const failure = read.catch((error: unknown) => (error as Error).message);
    await expect.poll(() => server.cursorsOpen).toBe(1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    abort.abort(new Error('timed out'));
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await expect(failure).resolves.toBe('timed out');
    await untilEmpty(server);
    await warehouse.close();
  });
});
