import * as z from 'zod/mini';
import type { BridgeToEdge, EdgeToBridge, Slots } from '#protocol/bridge-message.ts';
import { bridgeToEdgeSchema, CLOSE_OTHER_DAEMON, slotsSchema } from '#protocol/bridge-message.ts';
import type { BridgeHealth } from '#protocol/health.ts';
import { MAX_CONTROL_MESSAGE_BYTES } from '#protocol/limits.ts';
import type { OfferTarget } from './queue.ts';

/** A bridge pings every 15 s; a socket silent for longer than this is dead, whatever it says. */
export const BRIDGE_SILENT_MS = 45_000;

/** Why the edge closes a control socket (RFC 6455 7.4; 4000 and above are ours). */
export const CLOSE = {
  notText: 1003,
  notUnderstood: 1008,
  tooLarge: 1009,
  replaced: 4000,
  silent: 4001,
  otherDaemon: CLOSE_OTHER_DAEMON,
  protocolTooOld: 4426,
} as const;

type HelloMessage = Extract<BridgeToEdge, { type: 'hello' }>;
type StatusMessage = Extract<BridgeToEdge, { type: 'status' }>;

/** What a socket carries through hibernation. Without `hello` it is accepted, but no bridge yet. */
const attachmentSchema = z.object({
  bridgeId: z.string(),
  site: z.string(),
  heardAtMs: z.number(),
  hello: z.optional(z.object({ bootId: z.string(), version: z.string(), warehouse: z.string(), slots: slotsSchema })),
  free: slotsSchema,
  offered: slotsSchema,
  inFlight: z.number(),
  rssBytes: z.number(),
  draining: z.boolean(),
});
type Attachment = z.infer<typeof attachmentSchema>;

/** A bridge that has said hello on a socket which still lives. */
export interface ConnectedBridge extends OfferTarget {
  readonly bootId: string;
  readonly socket: WebSocket;
}

const NO_SLOTS: Slots = { interactive: 0, batch: 0 };

/**
 * The control sockets of a site. All they know stands in their attachments, so the object may sleep between two
 * messages; pings are answered without waking it, and their time counts as a sign of life.
 */
export class Bridges {
  readonly #context: DurableObjectState;

  constructor(context: DurableObjectState) {
    this.#context = context;
  }

  /** Takes over the edge's half of a WebSocket whose bridge the Worker has verified. */
  accept(socket: WebSocket, identity: { bridgeId: string; site: string }, now: number): void {
    this.#context.acceptWebSocket(socket, [identity.bridgeId]);
    const { bridgeId, site } = identity;
    const nothing = { free: NO_SLOTS, offered: NO_SLOTS, inFlight: 0, rssBytes: 0, draining: false };
    attach(socket, { bridgeId, site, heardAtMs: now, ...nothing });
  }

  /** A message of a bridge, or `undefined` for one that cannot be used: its socket is closed then. */
  read(socket: WebSocket, data: string | ArrayBuffer): BridgeToEdge | undefined {
    if (typeof data !== 'string') return refuse(socket, CLOSE.notText, 'text only');
    if (data.length > MAX_CONTROL_MESSAGE_BYTES) return refuse(socket, CLOSE.tooLarge, 'message too large');
    const message = z.safeParse(bridgeToEdgeSchema, parseJson(data));
    if (!message.success) return refuse(socket, CLOSE.notUnderstood, 'message not understood');
    if (message.data.type === 'hello' && message.data.bridge_id !== readAttachment(socket)?.bridgeId)
      return refuse(socket, CLOSE.notUnderstood, 'bridge_id is not the one of the token');
    return message.data;
  }

  /**
   * From now on the socket is this bridge's only one. A daemon that connects again has lost the old connection; one of
   * another boot may have a living one beside it, which is told so that it does not take the place back at once.
   */
  welcome(socket: WebSocket, hello: HelloMessage, now: number): void {
    const attachment = readAttachment(socket);
    if (!attachment) return;
    const { boot_id: bootId, version, warehouse, slots } = hello;
    attach(socket, {
      ...attachment,
      heardAtMs: now,
      hello: { bootId, version, warehouse, slots },
      free: slots,
      offered: NO_SLOTS,
    });
    for (const other of this.#context.getWebSockets(hello.bridge_id)) {
      if (other === socket) continue;
      const formerBootId = readAttachment(other)?.hello?.bootId ?? bootId;
      if (formerBootId === bootId) close(other, CLOSE.replaced, 'the bridge has connected again');
      else close(other, CLOSE.otherDaemon, 'another daemon with this bridge id has connected');
    }
  }

  noteStatus(socket: WebSocket, status: StatusMessage, now: number): void {
    const attachment = readAttachment(socket);
    if (!attachment) return;
    const { in_flight: inFlight, rss_bytes: rssBytes, free, draining } = status;
    attach(socket, { ...attachment, heardAtMs: now, inFlight, rssBytes, free, draining, offered: NO_SLOTS });
  }

  noteOffer({ socket }: ConnectedBridge, lane: keyof Slots): void {
    const attachment = readAttachment(socket);
    if (!attachment) return;
    attach(socket, { ...attachment, offered: { ...attachment.offered, [lane]: attachment.offered[lane] + 1 } });
  }

  connected(now: number): ConnectedBridge[] {
    const bridges: ConnectedBridge[] = [];
    for (const { socket, attachment } of this.#living(now)) {
      const { bridgeId, hello, free, offered, draining } = attachment;
      if (hello) bridges.push({ bridgeId, bootId: hello.bootId, slots: hello.slots, free, offered, draining, socket });
    }
    return bridges;
  }

  health(now: number): BridgeHealth[] {
    const bridges: BridgeHealth[] = [];
    for (const { attachment, heardAtMs } of this.#living(now)) {
      const { bridgeId, site, hello, free, inFlight, rssBytes, draining } = attachment;
      if (!hello) continue;
      bridges.push({
        bridge_id: bridgeId,
        site,
        version: hello.version,
        warehouse: hello.warehouse,
        last_seen_at: new Date(heardAtMs).toISOString(),
        slots: hello.slots,
        free,
        in_flight: inFlight,
        rss_bytes: rssBytes,
        draining,
      });
    }
    return bridges.sort((left, right) => (left.bridge_id < right.bridge_id ? -1 : 1));
  }

  /** `false`: the bridge is not connected. */
  send(bridgeId: string, message: EdgeToBridge, now: number): boolean {
    const bridge = this.connected(now).find((candidate) => candidate.bridgeId === bridgeId);
    return bridge !== undefined && sendTo(bridge.socket, message);
  }

  closeSilent(now: number): void {
    for (const socket of this.#context.getWebSockets())
      if (this.#heardAt(socket, readAttachment(socket)) <= now - BRIDGE_SILENT_MS)
        close(socket, CLOSE.silent, 'nothing was heard for too long');
  }

  any(): boolean {
    return this.#context.getWebSockets().length > 0;
  }

  #living(now: number): { socket: WebSocket; attachment: Attachment; heardAtMs: number }[] {
    return this.#context.getWebSockets().flatMap((socket) => {
      const attachment = readAttachment(socket);
      const heardAtMs = this.#heardAt(socket, attachment);
      if (!attachment || socket.readyState !== WebSocket.OPEN || heardAtMs <= now - BRIDGE_SILENT_MS) return [];
      return [{ socket, attachment, heardAtMs }];
    });
  }

  #heardAt(socket: WebSocket, attachment: Attachment | undefined): number {
    const pingedAtMs = this.#context.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    return Math.max(pingedAtMs, attachment?.heardAtMs ?? 0);
  }
}

/** `false`: the socket is gone. */
export function sendTo(socket: WebSocket, message: EdgeToBridge): boolean {
  try {
    socket.send(JSON.stringify(message));
    return true;
  } catch {
    return false;
  }
}

export function close(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // It is closed already.
  }
}

function refuse(socket: WebSocket, code: number, reason: string): undefined {
  close(socket, code, reason);
  return undefined;
}

function readAttachment(socket: WebSocket): Attachment | undefined {
  const parsed = z.safeParse(attachmentSchema, socket.deserializeAttachment());
  return parsed.success ? parsed.data : undefined;
}

/** The type is the check: what is attached can be read back. */
function attach(socket: WebSocket, attachment: Attachment): void {
  socket.serializeAttachment(attachment);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
