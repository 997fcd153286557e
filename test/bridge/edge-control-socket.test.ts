import { importJWK, jwtVerify } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EdgeToBridge } from '#protocol/bridge-message.ts';
import {
  BRIDGE_TOKEN_AUDIENCE,
  CLOSE_OTHER_DAEMON,
  PING_TEXT,
  PONG_TEXT,
  bridgeToEdgeSchema,
} from '#protocol/bridge-message.ts';
import { createSigner } from '../../oracle-bridge/edge/bridge-token.ts';
import { ControlSocket } from '../../oracle-bridge/edge/control-socket.ts';
import type { BridgeStatus } from '../../oracle-bridge/edge/control-status.ts';
import { isStatusNews, statusDelayMs } from '../../oracle-bridge/edge/control-status.ts';
import { EdgeHttp } from '../../oracle-bridge/edge/edge-http.ts';
import { createLogger } from '../../oracle-bridge/log.ts';
import type { ReceivedCall } from '../helpers/bridge-http-double.ts';
import { HttpDouble, problem } from '../helpers/bridge-http-double.ts';
import { JOB_ID, NONCE, SILENT, makeKey } from '../helpers/bridge-samples.ts';
import type { SocketDouble } from '../helpers/bridge-socket-double.ts';

const PATH = '/bridge/v1/connect?site=fab1';
const opened: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const part of opened.splice(0)) await part.close();
});

/** Values one after the other, for a test to await. */
class Sequence<Value> {
  readonly #values: Value[] = [];
  readonly #waiting: ((value: Value) => void)[] = [];

  push(value: Value): void {
    const next = this.#waiting.shift();
    if (next) next(value);
    else this.#values.push(value);
  }

  next(): Promise<Value> {
    const value = this.#values.shift();
    return value === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(value);
  }
}

async function setUp(options: { accept?: boolean } = {}) {
  const sockets = new Sequence<{ socket: SocketDouble; call: ReceivedCall }>();
  const texts = new Sequence<string>();
  const messages = new Sequence<EdgeToBridge>();
  const logged = new Sequence<Record<string, unknown>>();
  const edge = await HttpDouble.start({
    reply: () => problem(401, 'UNAUTHENTICATED'),
    ...(options.accept === false
      ? {}
      : {
          onSocket: (socket, call) => {
            socket.onText = (text) => texts.push(text);
            sockets.push({ socket, call });
          },
        }),
  });
  const key = await makeKey();
  const sign = await createSigner('bridge-1', key);
  const http = new EdgeHttp({ edgeUrl: edge.url, connections: 1, sign, log: SILENT });
  const status: { -readonly [Member in keyof BridgeStatus]: BridgeStatus[Member] } = {
    in_flight: 0,
    free: { interactive: 2, batch: 2 },
    rss_bytes: 1000,
    draining: false,
  };
  let connects = 0;
  const socket = new ControlSocket({
    edgeUrl: edge.url,
    site: 'fab1',
    sign,
    http,
    readHello: () => ({
      type: 'hello',
      bridge_id: 'bridge-1',
      boot_id: NONCE,
      version: '0.1.0',
      protocol: 1,
      slots: { interactive: 2, batch: 2 },
      warehouse: 'duckdb 1.5.6',
    }),
    readStatus: () => ({ ...status }),
    onConnected: () => connects++,
    onMessage: (message) => messages.push(message),
    log: createLogger({ level: 'info', destination: { write: (line) => logged.push(JSON.parse(line)) } }),
  });
  opened.push(socket, http, edge);
  return { socket, status, sockets, texts, messages, logged, key, edge, connectCount: () => connects };
}

describe('the control socket', () => {
  it('connects with a token, says hello and its status, and hands on what the edge says', async () => {
    const { socket, sockets, texts, messages, key, connectCount } = await setUp();
    socket.start();
    const { socket: peer, call } = await sockets.next();
    expect(call.path).toBe(PATH);
    const publicKey = await importJWK({ kty: key.kty, crv: key.crv, x: key.x }, 'EdDSA');
    const token = call.headers.authorization?.replace('Bearer ', '') ?? '';
    const { payload } = await jwtVerify(token, publicKey, { audience: BRIDGE_TOKEN_AUDIENCE, issuer: 'bridge-1' });
    expect(payload).toMatchObject({ method: 'GET', path: PATH });

    expect(bridgeToEdgeSchema.parse(JSON.parse(await texts.next()))).toMatchObject({ type: 'hello', boot_id: NONCE });
    expect(bridgeToEdgeSchema.parse(JSON.parse(await texts.next()))).toMatchObject({ type: 'status', in_flight: 0 });
    expect(connectCount()).toBe(1);

    peer.send(JSON.stringify({ type: 'offer', job_id: JOB_ID, lane: 'batch' }));
    peer.send(JSON.stringify({ type: 'weather', sunny: true }));
    peer.send('not json');
    peer.send(JSON.stringify({ type: 'cancel', job_id: JOB_ID, epoch: 3 }));
    expect(await messages.next()).toEqual({ type: 'offer', job_id: JOB_ID, lane: 'batch' });
    expect(await messages.next()).toEqual({ type: 'cancel', job_id: JOB_ID, epoch: 3 });
  });

  it('tells of a slot that was taken soon, and not of what is no news', async () => {
    const { socket, sockets, texts, status } = await setUp();
    socket.start();
    await sockets.next();
    await texts.next();
    await texts.next();
    socket.notifyStatus();
    status.in_flight = 1;
    status.free = { interactive: 1, batch: 2 };
    socket.notifyStatus();
    expect(JSON.parse(await texts.next())).toMatchObject({ type: 'status', in_flight: 1, free: { interactive: 1 } });
  });

  it('connects again after a loss, with a hello and a status of its own', async () => {
    const { socket, sockets, texts, connectCount } = await setUp();
    socket.start();
    for (const end of ['close', 'cut'] as const) {
      const { socket: peer } = await sockets.next();
      expect(JSON.parse(await texts.next()).type).toBe('hello');
      expect(JSON.parse(await texts.next()).type).toBe('status');
      if (end === 'close') peer.close(1012);
      else peer.cut();
    }
    await sockets.next();
    expect(JSON.parse(await texts.next()).type).toBe('hello');
    expect(connectCount()).toBe(3);
  });

  it('that another daemon of the same name has taken is left to it for half a minute, and then asked for again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const { socket, sockets, logged, edge, connectCount } = await setUp();
    socket.start();
    const { socket: first } = await sockets.next();
    expect(await logged.next()).toMatchObject({ msg: 'connected to the edge' });
    first.close(CLOSE_OTHER_DAEMON);
    const told = await logged.next();
    expect(told).toMatchObject({ level: 'warn', msg: expect.stringContaining('another daemon with this bridge id') });
    await vi.advanceTimersByTimeAsync(29_999);
    await fetch(edge.url);
    expect(connectCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    const { socket: second } = await sockets.next();
    expect(await logged.next()).toMatchObject({ msg: 'connected to the edge' });
    // It was no failure of the network: the next loss is followed by the shortest pause.
    second.close(1012);
    expect(await logged.next()).toMatchObject({ msg: 'the connection to the edge was lost' });
    await vi.advanceTimersByTimeAsync(200);
    await sockets.next();
  });

  it.each(['before', 'after'])(
    'of a daemon that stopped %s another one took it is left to that for good',
    async (when) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
      const { socket, sockets, logged, edge, connectCount } = await setUp();
      socket.start();
      const { socket: first } = await sockets.next();
      expect(await logged.next()).toMatchObject({ msg: 'connected to the edge' });
      if (when === 'before') socket.retire();
      first.close(CLOSE_OTHER_DAEMON);
      expect(await logged.next()).toMatchObject({ msg: expect.stringContaining('another daemon with this bridge id') });
      socket.retire();
      await vi.advanceTimersByTimeAsync(120_000);
      // Another connection would be there by then.
      for (let call = 0; call < 20; call++) await fetch(edge.url);
      expect(connectCount()).toBe(1);
    },
  );

  it('asks by HTTP why it was refused, logs the answer, and goes on trying', async () => {
    const { socket, logged, edge } = await setUp({ accept: false });
    socket.start();
    for (let attempt = 0; attempt < 2; attempt++) {
      expect((await logged.next())['answer']).toBe('401 UNAUTHENTICATED: said UNAUTHENTICATED');
    }
    const plain = edge.calls.filter((call) => call.headers.upgrade === undefined);
    expect(plain.map((call) => [call.method, call.path])).toEqual([
      ['GET', PATH],
      ['GET', PATH],
    ]);
  });

  it('leaves a peer that has fallen silent and connects again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const { socket, sockets, texts, messages } = await setUp();
    socket.start();
    const { socket: peer } = await sockets.next();
    await texts.next();
    await texts.next();
    vi.advanceTimersByTime(15_000);
    expect(await texts.next()).toBe(PING_TEXT);
    peer.send(PONG_TEXT);
    peer.send(JSON.stringify({ type: 'drain' }));
    await messages.next();
    vi.advanceTimersByTime(15_000);
    expect(await texts.next()).toBe(PING_TEXT);
    vi.advanceTimersByTime(10_000);
    await peer.closed;
    await vi.advanceTimersByTimeAsync(5000);
    await sockets.next();
    expect(JSON.parse(await texts.next()).type).toBe('hello');
  });
});

describe('news of the status', () => {
  const status: BridgeStatus = { in_flight: 1, free: { interactive: 1, batch: 1 }, rss_bytes: 0, draining: false };

  it('is a change of jobs, slots or draining, and of memory only in large steps', () => {
    expect(isStatusNews(undefined, status)).toBe(true);
    expect(isStatusNews(status, { ...status })).toBe(false);
    expect(isStatusNews(status, { ...status, rss_bytes: 16 * 1024 * 1024 - 1 })).toBe(false);
    expect(isStatusNews(status, { ...status, rss_bytes: 16 * 1024 * 1024 })).toBe(true);
    expect(isStatusNews(status, { ...status, in_flight: 2 })).toBe(true);
    expect(isStatusNews(status, { ...status, free: { interactive: 1, batch: 0 } })).toBe(true);
    expect(isStatusNews(status, { ...status, draining: true })).toBe(true);
  });

  it('is collected for a second', () => {
    expect(statusDelayMs(undefined, 5000)).toBe(0);
    expect(statusDelayMs(4800, 5000)).toBe(800);
    expect(statusDelayMs(1000, 5000)).toBe(0);
  });
});
