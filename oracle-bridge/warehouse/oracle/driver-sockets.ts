import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/**
 * The sockets that a driver opens during one call of it. The driver waits for a silent peer without end, and has no way
 * to give such a connection up; who holds the socket can cut it, and whatever waited for it fails.
 */
export class DriverSockets {
  readonly #sockets: Socket[] = [];
  #isCut = false;

  /** Runs `connect`; what it opens belongs to these sockets. */
  collect<Value>(connect: () => Promise<Value>): Promise<Value> {
    return collecting.run(this, connect);
  }

  add(socket: Socket): void {
    if (this.#isCut) destroy(socket);
    else this.#sockets.push(socket);
  }

  /** For good: what is opened later is cut too. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets.splice(0)) destroy(socket);
  }
}

const collecting = new AsyncLocalStorage<DriverSockets>();
subscribe('net.client.socket', (message) => collecting.getStore()?.add((message as { socket: Socket }).socket));

/** With an error, because the driver waits for that while it connects. */
function destroy(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.destroy(new Error('the connection was cut by the bridge'));
}
