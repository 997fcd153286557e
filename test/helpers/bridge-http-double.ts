import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ANSWER_SHA256_HEADER } from '#protocol/bridge-message.ts';
import { SocketDouble } from './bridge-socket-double.ts';

/** One request as the edge got it. */
export interface ReceivedCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** `hang`: never answers. `reset`: cuts the connection. */
export type Reply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | 'reset';

export interface HttpDoubleOptions {
  readonly reply: (call: ReceivedCall) => Reply | Promise<Reply>;
  /** A WebSocket that was accepted; without this function upgrades are answered by `reply`. */
  readonly onSocket?: (socket: SocketDouble, call: ReceivedCall) => void;
  /** A free one unless given. */
  readonly port?: number;
}

/** A real HTTP server on the loopback that answers as a test wants. */
export class HttpDouble {
  readonly calls: ReceivedCall[] = [];
  /** Connections accepted so far. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(options: HttpDoubleOptions): Promise<HttpDouble> {
    const server = createServer((request, response) => void double.#answer(options, request, response));
    const double = new HttpDouble(server);
    server.on('connection', (socket) => {
      double.connections++;
      double.#sockets.add(socket);
      socket.on('close', () => double.#sockets.delete(socket));
    });
    server.on('upgrade', (request, socket: Socket) => {
      const call = describeCall(request, Buffer.alloc(0));
      double.calls.push(call);
      if (options.onSocket) options.onSocket(SocketDouble.accept(request, socket), call);
      else socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(options: HttpDoubleOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      return;
    }
    const call = describeCall(request, Buffer.concat(parts));
    this.calls.push(call);
    const reply = await options.reply(call);
    if (reply === 'hang') return;
    if (reply === 'reset') return void request.socket.destroy();
    const { status, body, headers } = reply;
    if (body === undefined) return void response.writeHead(status, headers).end();
    const isBinary = body instanceof Uint8Array;
    const bytes = isBinary ? body : Buffer.from(JSON.stringify(body));
    const digest = { [ANSWER_SHA256_HEADER]: createHash('sha256').update(bytes).digest('hex') };
    const type = isBinary ? {} : { 'content-type': 'application/json' };
    response.writeHead(status, { ...type, ...digest, ...headers }).end(bytes);
  }
}

function describeCall(request: IncomingMessage, body: Buffer): ReceivedCall {
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
}

/** Problem details as the edge writes them. */
export function problem(status: number, code: string, members: Readonly<Record<string, unknown>> = {}): Reply {
  const body = { type: 'about:blank', title: code, status, detail: `said ${code}`, instance: 'r-1', code };
  return { status, body: { ...body, retryable: false, ...members } };
}
