// How a MySQL client proves that it knows a password: the ways of login of MySQL 4.1 to 8.x, by the names of their plugins.
// Source: MySQL's documentation of mysql_native_password and caching_sha2_password.
import { constants, createHash, publicEncrypt } from 'node:crypto';

/** What answers the challenge; undefined for a way of login that is not known here. An empty password is proven by nothing. */
export function passwordProof(plugin: string, password: string, challenge: Buffer): Buffer | undefined {
  const prove = provers.get(plugin);
  if (prove === undefined) return undefined;
  return password === '' ? Buffer.alloc(0) : prove(password, challenge);
}

const hash = (algorithm: string, ...parts: readonly (string | Buffer)[]): Buffer => {
  const hasher = createHash(algorithm);
  for (const part of parts) hasher.update(part);
  return hasher.digest();
};

const provers: ReadonlyMap<string, (password: string, challenge: Buffer) => Buffer> = new Map([
  [
    'mysql_native_password',
    (password, challenge) => {
      const once = hash('sha1', password);
      return mixed(once, hash('sha1', challenge, hash('sha1', once)));
    },
  ],
  [
    'caching_sha2_password',
    (password, challenge) => {
      const once = hash('sha256', password);
      return mixed(once, hash('sha256', hash('sha256', once), challenge));
    },
  ],
]);

/** The password itself, for a server that does not remember it: mixed with the challenge, then for nobody but the owner of the key. */
export function sealedPassword(password: string, challenge: Buffer, publicKey: string): Buffer | undefined {
  try {
    const sealed = mixed(clearPassword(password), challenge);
    return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, sealed);
  } catch {
    return undefined; // What the server sent is no key, or one too short for the password.
  }
}

export const clearPassword = (password: string): Buffer => Buffer.from(`${password}\0`);

/** Exclusive or, with the second part from its start again as often as needed. */
const mixed = (bytes: Buffer, key: Buffer): Buffer => Buffer.from(bytes.map((byte, index) => byte ^ (key[index % key.length] ?? 0))); // A key without bytes changes nothing.
