// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677): proves that it knows the password without sending it, and checks that the server does too.
// Without channel binding. The random part is an argument, so that the example of the RFC can be replayed.
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export const mechanism = 'SCRAM-SHA-256';

/**
 * A server that asks for more work than this is not given it: some thirty milliseconds of one core, for each probe. PostgreSQL asks for 4,096
 * unless its scram_iterations says otherwise.
 */
export const mostRounds = 100_000;

const derive = promisify(pbkdf2);

export interface ScramAnswer {
  readonly message: string;
  /** What the server has to send at last. */
  readonly expected: string;
}

export const firstMessage = (user: string, nonce: string): string => `n,,${bareFirst(user, nonce)}`;

const bareFirst = (user: string, nonce: string): string => `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;

/** Undefined when what the server sent is no first message to this nonce. */
export async function answerServer(
  login: { readonly user: string; readonly password: string; readonly nonce: string },
  serverFirst: string,
): Promise<ScramAnswer | undefined> {
  const [, nonce = '', salt = '', count = ''] = /^r=([^,]+),s=([^,]+),i=([1-9]\d{0,6})(?:,.*)?$/.exec(serverFirst) ?? [];
  const rounds = Number(count);
  if (rounds < 1 || rounds > mostRounds) return undefined;
  if (!nonce.startsWith(login.nonce) || nonce.length === login.nonce.length) return undefined;

  const salted = await derive(preparePassword(login.password), Buffer.from(salt, 'base64'), rounds, 32, 'sha256');
  const withoutProof = `c=biws,r=${nonce}`;
  const conversation = `${bareFirst(login.user, login.nonce)},${serverFirst},${withoutProof}`;
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash('sha256').update(clientKey).digest(), conversation);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] as number))); // Both have 32 bytes.
  const expected = hmac(hmac(salted, 'Server Key'), conversation);
  return { message: `${withoutProof},p=${proof.toString('base64')}`, expected: `v=${expected.toString('base64')}` };
}

/** What the first message of a server asks for; NaN where it asks for nothing that is a number. */
export const roundsIn = (serverFirst: string): number => Number(/,i=(\d+)(?:,|$)/.exec(serverFirst)?.[1]);

/** Only who knows the password, or what was made of it when it was set, can send what is expected. */
export function isProvenBy(serverFinal: string, expected: string): boolean {
  const sent = Buffer.from(serverFinal);
  const right = Buffer.from(expected);
  return sent.length === right.length && timingSafeEqual(sent, right);
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * SASLprep (RFC 4013), as PostgreSQL does it: a password that may not be prepared is taken as it is.
 * What changes is rare: characters that nobody sees go, wide spaces become spaces, and compatible forms become one (NFKC).
 */
export function preparePassword(password: string): string {
  if (/^[\x20-\x7e]*$/.test(password)) return password;
  const prepared = password
    .replace(unseen, '')
    .replace(/[\p{Zs}\u200b]/gu, ' ')
    .normalize('NFKC');
  return prepared === '' || /[\p{Cc}\p{Co}\p{Cs}\p{Cn}\ufff9-\ufffd\u2028\u2029]/u.test(prepared) ? password : prepared;
}

/** Table B.1 of RFC 3454, "commonly mapped to nothing". */
const unseen = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;
