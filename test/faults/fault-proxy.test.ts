import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FaultProxy } from '../helpers/fault-proxy.ts';

interface Ends {
  readonly proxy: FaultProxy;
  readonly client: Socket;
  readonly server: Socket;
  /** Another pair of ends through the same proxy. */
  readonly open: () => Promise<{ client: Socket; server: Socket }>;
  /** The server's end of the next connection, whoever opens it. */
  readonly accept: () => Promise<Socket>;
}

/** A client and a plain server on both sides of a proxy. Neither ends its half because the other one did. */
async function openEnds(): Promise<Ends> {
  const accepted: Socket[] = [];
  const listener = createServer({ allowHalfOpen: true }, (socket) =>
    accepted.push(socket.on('error', () => undefined)),
  );
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const proxy = await FaultProxy.start((listener.address() as AddressInfo).port);
  const opened: Socket[] = [];
  const accept = async () => ((await once(listener, 'connection')) as [Socket])[0];
  const open = async () => {
    const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);
    opened.push(client);
    return { client, server: await accept() };
  };
  onTestFinished(async () => {
    for (const socket of [...opened, ...accepted]) socket.destroy();
    await proxy.close();
    listener.close();
    await once(listener, 'close');
  });
  return { proxy, ...(await open()), open, accept };
}

/** Reads exactly so many bytes. */
async function read(socket: Socket, bytes: number): Promise<Buffer> {
  let held = Buffer.alloc(0);
  while (held.byteLength < bytes) {
    const part = socket.read() as Buffer | null;
    if (part) held = Buffer.concat([held, part]);
    else await once(socket, 'readable');
  }
  if (held.byteLength > bytes) socket.unshift(held.subarray(bytes));
  return held.subarray(0, bytes);
}

/** What arrives until the other end says that nothing more will come. */
async function readToEnd(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of socket.iterator({ destroyOnReturn: false })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** How a connection closes: the code of its error, or `closed`. */
async function closeOf(socket: Socket): Promise<string> {
  let code = 'closed';
  socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code ?? code));
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  return code;
}

describe('a proxy without a fault', () => {
  it('carries what both ends say, and the end of each half', async () => {
    const { proxy, client, server } = await openEnds();
    client.end('question');
    expect((await readToEnd(server)).toString()).toBe('question');
    server.end('answer');
    expect((await readToEnd(client)).toString()).toBe('answer');
    expect([proxy.carriedBytes('to_server'), proxy.carriedBytes('to_client')]).toEqual([8, 6]);
  });

  it('lets a server that does not read slow the client down', async () => {
    const { proxy, client, server } = await openEnds();
    const part = Buffer.alloc(1024 * 1024);
    let written = 0;
    while (written < 64 && client.write(part)) written++;
    expect(written).toBeLessThan(64);
    const wanted = (written + 1) * part.byteLength;
    let got = 0;
    server.on('data', (bytes) => (got += bytes.byteLength));
    await once(client, 'drain');
    client.end();
    await once(server, 'end');
    expect(got).toBe(wanted);
    expect(proxy.carriedBytes('to_server')).toBe(wanted);
  });
});

describe('a proxy that has muted its connections', () => {
  it('tells neither end of what the other one says or does, until they are cut, and carries those that come later', async () => {
    const { proxy, client, server, open } = await openEnds();
    expect(proxy.apply({ kind: 'mute' })).toBe(1);
    const heard = [client, server].map(readToEnd);
    client.write('question');
    server.end('answer');
    const later = await open();
    later.client.end('question');
    expect((await readToEnd(later.server)).toString()).toBe('question');
    expect(client.readableEnded).toBe(false);
    proxy.apply({ kind: 'cut' });
    expect((await Promise.all(heard)).map(String)).toEqual(['', '']);
  });
});

describe('a cut', () => {
  it('now closes every connection at both ends', async () => {
    const { proxy, client, server, open } = await openEnds();
    const second = await open();
    const ends = [client, server, second.client, second.server].map(readToEnd);
    expect(proxy.apply({ kind: 'cut' })).toBe(2);
    expect((await Promise.all(ends)).map(String)).toEqual(['', '', '', '']);
    await expect.poll(() => proxy.connections).toBe(0);
  });

  it('at a byte hits the connection that carries it, and no other', async () => {
    const { proxy, client, server, open } = await openEnds();
    const second = await open();
    const fired = proxy.arm({ fault: { kind: 'cut' }, direction: 'to_server', afterBytes: 5 });
    client.write('abc');
    expect((await read(server, 3)).toString()).toBe('abc');
    second.client.write('defgh');
    expect((await readToEnd(second.server)).toString()).toBe('def');
    await fired;
    client.write('more');
    expect((await read(server, 4)).toString()).toBe('more');
  });
});

it('a reset is one at both ends', async () => {
  const { proxy, client, server } = await openEnds();
  client.write('x');
  await read(server, 1);
  const closes = Promise.all([closeOf(client), closeOf(server)]);
  proxy.apply({ kind: 'reset' });
  expect(await closes).toEqual(['ECONNRESET', 'ECONNRESET']);
});

it('a half-closed direction says its end and carries nothing more, the other one goes on', async () => {
  const { proxy, client, server } = await openEnds();
  client.write('first');
  expect((await read(server, 5)).toString()).toBe('first');
  proxy.apply({ kind: 'half_close', direction: 'to_server' });
  expect(await readToEnd(server)).toHaveLength(0);
  client.write('lost');
  server.write('heard');
  expect((await read(client, 5)).toString()).toBe('heard');
  expect(proxy.carriedBytes('to_server')).toBe(5);
});

it('a stalled direction hands nothing on until it is resumed, then everything', async () => {
  const { proxy, client, server, open } = await openEnds();
  proxy.stall('to_server');
  client.write('held');
  server.write('passes');
  expect((await read(client, 6)).toString()).toBe('passes');
  // A connection of later is stalled as well.
  const second = await open();
  second.client.write('too');
  second.server.write('passes');
  expect((await read(second.client, 6)).toString()).toBe('passes');
  expect(proxy.carriedBytes('to_server')).toBe(0);
  proxy.resume();
  expect((await read(server, 4)).toString()).toBe('held');
  expect((await read(second.server, 3)).toString()).toBe('too');
});

it('a stalled connection can be cut', async () => {
  const { proxy, client, server } = await openEnds();
  proxy.stall('to_server', 'to_client');
  client.write('held');
  const ends = Promise.all([client, server].map(closeOf));
  for (const end of [client, server]) end.end();
  proxy.apply({ kind: 'cut' });
  await ends;
  expect(proxy.carriedBytes('to_server')).toBe(0);
});

it('a throttled connection carries everything, no faster than it may', async () => {
  const { proxy, client, server } = await openEnds();
  proxy.throttle(100_000);
  const startedMs = performance.now();
  client.write(Buffer.alloc(20_000));
  await read(server, 20_000);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(190);
});

it('a corrupted byte differs in one bit, and only that byte', async () => {
  const { proxy, client, server } = await openEnds();
  const fired = proxy.arm({
    fault: { kind: 'corrupt', direction: 'to_server' },
    direction: 'to_server',
    afterBytes: 2,
  });
  client.write('aaaa');
  expect((await read(server, 4)).toString()).toBe('aa`a');
  await fired;
  client.write('aaaa');
  expect((await read(server, 4)).toString()).toBe('aaaa');
});

it('what was armed and not reached can be taken back', async () => {
  const { proxy, client, server } = await openEnds();
  void proxy.arm({ fault: { kind: 'cut' }, direction: 'to_server', afterBytes: 2 });
  expect(proxy.disarm()).toBe(1);
  client.write('whole');
  expect((await read(server, 5)).toString()).toBe('whole');
});

it('a recorded request is whole, and replayed byte by byte over a connection of its own', async () => {
  const { proxy, client, server, accept } = await openEnds();
  const request = 'PUT /b HTTP/1.1\r\nContent-Length: 6\r\n\r\n\r\n\r\nzz';
  client.write('the middle of something');
  await read(server, 23);
  const recorded = proxy.record(/^PUT \/b /);
  client.write(' else');
  await read(server, 5);
  client.write(`POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc${request.slice(0, 20)}`);
  await read(server, 44 - 3 + 20);
  client.write(request.slice(20));
  expect((await recorded).toString()).toBe(request);
  const accepted = accept();
  const answer = proxy.replay(await recorded);
  const other = await accepted;
  expect((await read(other, request.length)).toString()).toBe(request);
  other.write('HTTP/1.1 204 No Content\r\n\r\n');
  expect(await answer).toBe('HTTP/1.1 204 No Content');
});
