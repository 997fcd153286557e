import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { OraError } from './answers.ts';
import type { Channel } from './channel.ts';
import { MESSAGE } from './message-types.ts';
import { endCall, endPlainCall, warn } from './messages.ts';
import { PACKET, connectDataOf, dataOf, makeAccept, makeRefuse } from './packets.ts';
import { TtcReader } from './ttc-reader.ts';
import { TtcWriter } from './ttc-writer.ts';

/** Version of the fields of messages: that of Oracle 19.1. */
const FIELD_VERSION = 12;
const AL32UTF8 = 873;
const AL16UTF16 = 2000;
/** Text and binds up to 32,767 bytes. */
const CAPABILITY_32K = 4;
const ZONE_BIAS = 60;

const VERIFIER_12C = 0x4815;
const VERIFIER_ROUNDS = 4096;
const KEY_ROUNDS = 3;
const SERVER_VERSION = (19 << 24) | (3 << 16);

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly service: string;
  /** Said instead of letting anybody in. */
  readonly refusal: OraError | undefined;
  /** ORA-28002: the login goes well and warns. */
  readonly warning: OraError | undefined;
}

/** Accepts the connect packet, or says no with a code of the listener's. @returns whether there is a session. */
export async function acceptConnect(
  channel: Channel,
  sessionDataUnit: number,
  refuse: (service: string) => number | undefined,
): Promise<boolean> {
  const first = await channel.nextPacket();
  if (first.type !== PACKET.connect) throw new Error(`a connect packet was expected, not ${first.type}`);
  const data = connectDataOf(first) ?? dataOf(await channel.nextPacket()).toString('latin1');
  const service = /SERVICE_NAME=([^)]+)/i.exec(data)?.[1] ?? '';
  const code = refuse(service);
  if (code === undefined) channel.startSession();
  await channel.write(code === undefined ? makeAccept(sessionDataUnit) : makeRefuse(code));
  return code === undefined;
}

/** Agrees on versions and types, then checks user and password. @returns whether the session may go on. */
export async function logIn(channel: Channel, sessionId: number, login: Login): Promise<boolean> {
  await nextRequest(channel);
  await channel.send(describeServer());
  await nextRequest(channel);
  await channel.send(describeTypes());
  const asked = readCredentials(await nextRequest(channel));
  const verifier = makeVerifier(login.password);
  await channel.send(Buffer.concat([writePairs(verifier.pairs), endPlainCall(false)]));
  const given = readCredentials(await nextRequest(channel));
  const key = verifier.sessionKeyOf(given.pairs.get('AUTH_SESSKEY') ?? '');
  const isUser = asked.user.toUpperCase() === login.user.toUpperCase();
  const isKnown = isUser && isPassword(login.password, given.pairs.get('AUTH_PASSWORD') ?? '', key);
  const refusal = login.refusal ?? (isKnown ? undefined : { code: 1017 });
  if (refusal) {
    await channel.send(endCall({ inTransaction: false, error: refusal }));
    return false;
  }
  const warning = login.warning ? [warn(login.warning)] : [];
  await channel.send(Buffer.concat([writePairs(sessionPairs(sessionId, login, key)), ...warning, endPlainCall(false)]));
  return true;
}

async function nextRequest(channel: Channel): Promise<Buffer> {
  const request = await channel.nextRequest();
  if (request === 'break') throw new Error('a break during the login');
  return request;
}

function describeServer(): Buffer {
  const compileCapabilities = Buffer.alloc(53);
  compileCapabilities.writeUInt8(FIELD_VERSION, 7);
  const runtimeCapabilities = Buffer.alloc(8);
  // The answer with the types has the zone of the database.
  runtimeCapabilities.writeUInt8(1, 1);
  runtimeCapabilities.writeUInt8(CAPABILITY_32K, 6);
  const nationalCharset = Buffer.alloc(11);
  nationalCharset.writeUInt16BE(AL16UTF16, 9);
  const charset = Buffer.from([AL32UTF8 & 0xff, AL32UTF8 >> 8]);
  const writer = new TtcWriter().byte(MESSAGE.protocol, 6, 0).raw(Buffer.from('test server\0')).raw(charset);
  // Flags, no elements, length of what follows.
  writer.byte(0, 0, 0, 0, nationalCharset.length).raw(nationalCharset);
  return writer.value(compileCapabilities).value(runtimeCapabilities).done();
}

/** The database is in UTC; no types besides those that both ends know. */
function describeTypes(): Buffer {
  const zone = Buffer.from([0x80, 0, 0, 0, ZONE_BIAS, ZONE_BIAS, ZONE_BIAS, 0x80, 0, 0, 0]);
  return new TtcWriter().byte(MESSAGE.dataTypes).raw(zone).byte(0, 0).done();
}

function readCredentials(request: Buffer): { user: string; pairs: Map<string, string> } {
  const reader = new TtcReader(request);
  reader.skipBytes(4);
  reader.skipIntegers(2);
  reader.byte();
  const count = reader.integer();
  reader.skipBytes(2);
  const user = reader.text();
  const pairs = new Map<string, string>();
  for (let index = 0; index < count; index++) {
    pairs.set(reader.name(), reader.name());
    reader.integer();
  }
  return { user, pairs };
}

function writePairs(pairs: readonly (readonly [key: string, text: string, flags?: number])[]): Buffer {
  const writer = new TtcWriter().byte(MESSAGE.parameter).integer(pairs.length);
  for (const [key, text, flags] of pairs) writer.pair(key, text, flags);
  return writer.done();
}

/** The 12c verifier: both ends send half a key, encrypted with what the password makes; the halves together are the key. */
function makeVerifier(password: string) {
  const salt = randomBytes(16);
  const keySalt = randomBytes(16);
  const serverHalf = randomBytes(32);
  const speedyKey = Buffer.concat([salt, Buffer.from('AUTH_PBKDF2_SPEEDY_KEY')]);
  const stretched = pbkdf2Sync(password, speedyKey, VERIFIER_ROUNDS, 64, 'sha512');
  const hash = createHash('sha512').update(stretched).update(salt).digest().subarray(0, 32);
  return {
    pairs: [
      ['AUTH_SESSKEY', toHex(encrypt(hash, serverHalf))],
      ['AUTH_VFR_DATA', toHex(salt), VERIFIER_12C],
      ['AUTH_PBKDF2_CSK_SALT', toHex(keySalt)],
      ['AUTH_PBKDF2_VGEN_COUNT', String(VERIFIER_ROUNDS)],
      ['AUTH_PBKDF2_SDER_COUNT', String(KEY_ROUNDS)],
    ] as const,
    sessionKeyOf(encryptedHalf: string): Buffer {
      const clientHalf = decrypt(hash, Buffer.from(encryptedHalf, 'hex')).subarray(0, 32);
      const halves = toHex(Buffer.concat([clientHalf, serverHalf]));
      return pbkdf2Sync(halves, keySalt, KEY_ROUNDS, 32, 'sha512');
    },
  };
}

/** What is sent are 16 random bytes, the password and its padding, encrypted. */
function isPassword(password: string, encrypted: string, key: Buffer): boolean {
  const bytes = decrypt(key, Buffer.from(encrypted, 'hex'));
  return bytes.subarray(16, bytes.length - (bytes.at(-1) ?? 0)).toString() === password;
}

function sessionPairs(sessionId: number, { service }: Login, key: Buffer): (readonly [string, string])[] {
  const proof = Buffer.concat([randomBytes(16), Buffer.from('SERVER_TO_CLIENT'), Buffer.alloc(16, 16)]);
  return [
    ['AUTH_SVR_RESPONSE', toHex(encrypt(key, proof))],
    ['AUTH_VERSION_NO', String(SERVER_VERSION)],
    ['AUTH_SESSION_ID', String(sessionId)],
    ['AUTH_SERIAL_NUM', '1'],
    ['AUTH_SC_SERVICE_NAME', service],
    ['AUTH_SC_DBUNIQUE_NAME', service],
    ['AUTH_DBNAME', service],
    ['AUTH_INSTANCENAME', 'test'],
    ['AUTH_MAX_OPEN_CURSORS', '300'],
    ['AUTH_MAX_IDEN_LENGTH', '128'],
  ];
}

function encrypt(key: Buffer, bytes: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

function decrypt(key: Buffer, bytes: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

function toHex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}
