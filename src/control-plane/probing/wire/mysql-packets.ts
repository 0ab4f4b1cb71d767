// Packets of MySQL's client protocol 4.1 as bytes, as far as a probe needs them. MariaDB speaks the same.
// Nothing here waits or fails aloud: a packet that is cut short reads as undefined. Follows MySQL's internals documentation, "Connection Phase".

/** Three bytes of length, then the packet's number. */
export const headLength = 4;

// Capabilities, of which the low half stands before the high half in the server's first packet.
const longPassword = 0x1;
const protocol41 = 0x200;
const tls = 0x800;
const secureConnection = 0x8000;
const pluginLogin = 0x80000;
const wanted = longPassword | protocol41 | secureConnection | pluginLogin;

const largestPacket = 0xffffff;
const utf8 = 45; // utf8mb4_general_ci, which MySQL and MariaDB both have.

export interface PacketHead {
  readonly length: number;
  readonly number: number;
}

export const readHead = (bytes: Buffer): PacketHead => ({ length: bytes.readUIntLE(0, 3), number: bytes.readUInt8(3) });

export function packet(number: number, body: Buffer): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUIntLE(body.length, 0, 3);
  head.writeUInt8(number & 0xff, 3);
  return Buffer.concat([head, body]);
}

export const pingCommand = (): Buffer => packet(0, Buffer.of(0x0e));
/** Ends the session in the way that the server does not count as an aborted one. */
export const quitCommand = (): Buffer => packet(0, Buffer.of(0x01));

export interface Greeting {
  readonly version: string;
  /** Random bytes that the password is mixed with. */
  readonly challenge: Buffer;
  /** The way of login that the server would like. */
  readonly plugin: string;
  readonly offersTls: boolean;
}

const challengeLength = 20;

/** The server's first packet, version 10, which servers have sent since 3.21. Undefined when it is something else, or of a server before 4.1. */
export function readGreeting(body: Buffer): Greeting | undefined {
  const versionEnd = body.indexOf(0, 1);
  const start = versionEnd + 1;
  if (body[0] !== 10 || versionEnd < 0 || body.length < start + 31 + 13) return undefined;
  const capabilities = (body.readUInt16LE(start + 13) | (body.readUInt16LE(start + 18) << 16)) >>> 0;
  if ((capabilities & secureConnection) === 0 || (capabilities & protocol41) === 0) return undefined;
  // The length counts a zero byte at the end; the second part has 13 bytes at the least.
  const secondLength = Math.max(13, body.readUInt8(start + 20) - 8);
  const second = body.subarray(start + 31, start + 31 + secondLength);
  return {
    version: body.latin1Slice(1, versionEnd),
    challenge: Buffer.concat([body.subarray(start + 4, start + 12), second]).subarray(0, challengeLength),
    plugin: (capabilities & pluginLogin) === 0 ? 'mysql_native_password' : textUntilZero(body, start + 31 + secondLength),
    offersTls: (capabilities & tls) !== 0,
  };
}

/** Asks for TLS, which begins right behind this packet. */
export const tlsRequest = (): Buffer => packet(1, loginStart(wanted | tls));

export interface Login {
  readonly user: string;
  readonly proof: Buffer;
  readonly plugin: string;
}

export function loginPacket(number: number, login: Login, overTls = false): Buffer {
  const start = loginStart(overTls ? wanted | tls : wanted);
  const proof = Buffer.concat([Buffer.of(login.proof.length), login.proof]);
  return packet(number, Buffer.concat([start, Buffer.from(`${login.user}\0`), proof, Buffer.from(`${login.plugin}\0`)]));
}

function loginStart(capabilities: number): Buffer {
  const start = Buffer.alloc(32);
  start.writeUInt32LE(capabilities, 0);
  start.writeUInt32LE(largestPacket, 4);
  start.writeUInt8(utf8, 8);
  return start;
}

/** What a server may answer to a login or a command. */
export type Reply =
  | { readonly kind: 'ok' }
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  | { readonly kind: 'switch'; readonly plugin: string; readonly challenge: Buffer }
  | { readonly kind: 'more'; readonly data: Buffer };

export function readReply(body: Buffer): Reply | undefined {
  switch (body[0]) {
    case 0x00:
      return { kind: 'ok' };
    case 0x01:
      return { kind: 'more', data: body.subarray(1) };
    case 0xfe:
      return readSwitch(body);
    case 0xff:
      return readError(body);
    default:
      return undefined;
  }
}

function readSwitch(body: Buffer): Reply | undefined {
  const plugin = textUntilZero(body, 1);
  // One byte alone asks for the way of login that was given up with 4.1.
  if (plugin === '') return { kind: 'switch', plugin: 'mysql_old_password', challenge: Buffer.alloc(0) };
  const start = plugin.length + 2;
  // A copy, for it is needed after the next packet.
  return { kind: 'switch', plugin, challenge: Buffer.from(body.subarray(start, start + challengeLength)) };
}

/** Errors before the login have no SQLSTATE, which stands behind a `#`. */
function readError(body: Buffer): Reply | undefined {
  if (body.length < 3) return undefined;
  const text = body.toString('utf8', 3);
  return { kind: 'error', code: body.readUInt16LE(1), text: text.startsWith('#') ? text.slice(6) : text };
}

function textUntilZero(body: Buffer, start: number): string {
  const end = body.indexOf(0, start);
  return body.latin1Slice(start, end < 0 ? body.length : end);
}
