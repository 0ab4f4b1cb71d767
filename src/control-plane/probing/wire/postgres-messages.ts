// Messages of PostgreSQL's protocol 3.0 as bytes, as far as a probe needs them: what it sends, and what it reads out of the answers.
// Nothing here waits or fails aloud: a message that is cut short reads as undefined. Follows PostgreSQL's documentation, "Message Formats".

/** The byte that tells what a message is, then its length without that byte. */
export const headLength = 5;

const protocolVersion = 196_608; // 3.0
const tlsRequestCode = 80_877_103;

/** Asks whether TLS may begin; the answer is one byte without a head: `S` or `N`. */
export function tlsRequest(): Buffer {
  const message = Buffer.alloc(8);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(tlsRequestCode, 4);
  return message;
}

/** The first message, which alone has no byte for its kind. */
export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`);
  const body = Buffer.from(`${text.join('')}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + body.length, 0);
  head.writeInt32BE(protocolVersion, 4);
  return Buffer.concat([head, body]);
}

function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(headLength);
  head.write(kind, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

const terminated = (text: string): Buffer => Buffer.from(`${text}\0`);

/** A password in clear, or what MD5 made of it. */
export const passwordMessage = (password: string): Buffer => message('p', terminated(password));

export function saslInitialResponse(mechanism: string, response: string): Buffer {
  const bytes = Buffer.from(response);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length, 0);
  return message('p', Buffer.concat([terminated(mechanism), length, bytes]));
}

export const saslResponse = (response: string): Buffer => message('p', Buffer.from(response));

export const queryMessage = (sql: string): Buffer => message('Q', terminated(sql));

/** Ends the session in the way that leaves no line in the server's log. */
export const terminateMessage = (): Buffer => message('X', Buffer.alloc(0));

export interface MessageHead {
  readonly kind: string;
  /** How many bytes of body follow; negative when the length is a lie. */
  readonly length: number;
}

export const readHead = (bytes: Buffer): MessageHead => ({ kind: bytes.latin1Slice(0, 1), length: bytes.readInt32BE(1) - 4 });

/** The ways of login that a server may ask for, by the number it sends. */
export type LoginRequest =
  | { readonly kind: 'ok' | 'clear password' }
  | { readonly kind: 'md5'; readonly salt: Buffer }
  | { readonly kind: 'sasl'; readonly mechanisms: readonly string[] }
  | { readonly kind: 'sasl continue' | 'sasl final'; readonly data: string }
  | { readonly kind: 'other'; readonly name: string };

export function readLoginRequest(body: Buffer): LoginRequest | undefined {
  if (body.length < 4) return undefined;
  const code = body.readInt32BE(0);
  const data = body.subarray(4);
  switch (code) {
    case 0:
      return { kind: 'ok' };
    case 3:
      return { kind: 'clear password' };
    case 5:
      return data.length === 4 ? { kind: 'md5', salt: data } : undefined;
    case 10:
      return { kind: 'sasl', mechanisms: data.toString().split('\0').filter(Boolean) };
    case 11:
      return { kind: 'sasl continue', data: data.toString() };
    case 12:
      return { kind: 'sasl final', data: data.toString() };
    default:
      return { kind: 'other', name: otherLogins.get(code) ?? `number ${code}` };
  }
}

const otherLogins: ReadonlyMap<number, string> = new Map([
  [2, 'Kerberos'],
  [7, 'GSSAPI'],
  [9, 'SSPI'],
]);

export interface ServerError {
  /** SQLSTATE. */
  readonly code: string;
  readonly text: string;
}

/** Of ErrorResponse; undefined when it lacks the code or the text, which every server since 7.4 sends. */
export function readError(body: Buffer): ServerError | undefined {
  let code: string | undefined;
  let text: string | undefined;
  for (const field of body.toString().split('\0')) {
    if (field.startsWith('C')) code ??= field.slice(1);
    if (field.startsWith('M')) text ??= field.slice(1);
  }
  return code === undefined || text === undefined || !/^[0-9A-Z]{5}$/.test(code) ? undefined : { code, text };
}

/** The only value of a DataRow with one column; undefined when it is none, or NULL. */
export function readOnlyValue(body: Buffer): string | undefined {
  if (body.length < 6 || body.readInt16BE(0) !== 1) return undefined;
  const length = body.readInt32BE(2);
  return length >= 0 && body.length === 6 + length ? body.toString('utf8', 6) : undefined;
}
