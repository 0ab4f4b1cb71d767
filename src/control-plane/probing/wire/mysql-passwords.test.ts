// Proofs of a password to MySQL: against values of another client, and by what a server does to check them.
import assert from 'node:assert/strict';
import { constants, createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { describe, test } from 'node:test';
import { passwordProof, sealedPassword } from './mysql-passwords.ts';

const challenge = Buffer.from([10, 47, 74, 111, 75, 73, 34, 48, 88, 76, 114, 74, 37, 13, 3, 80, 82, 2, 23, 21]);

describe('a proof of a password', () => {
  // The values that the tests of Go-MySQL-Driver hold.
  for (const [password, proof] of [
    ['secret', 'f490e76f66d9d86665ce54d98c78d0acfe2fb0b08b423da807144873d30b312c'],
    ['secret2', 'abc3934a012cf342e876071c8ee202de51785b430258a7a0138bc79c4d800bc6'],
  ] as const) {
    test(`by caching_sha2_password is as other clients send it for ${password}`, () => {
      assert.equal(passwordProof('caching_sha2_password', password, challenge)?.toString('hex'), proof);
    });
  }

  test('by mysql_native_password is one that a server can check with what it keeps', () => {
    const kept = sha1(sha1(Buffer.from('secret')));
    const proof = passwordProof('mysql_native_password', 'secret', challenge) as Buffer;
    const mask = sha1(Buffer.concat([challenge, kept]));
    const once = Buffer.from(proof.map((byte, index) => byte ^ (mask[index] as number)));
    assert.deepEqual(sha1(once), kept);
  });

  test('is empty for an empty password', () => {
    assert.equal(passwordProof('mysql_native_password', '', challenge)?.length, 0);
    assert.equal(passwordProof('caching_sha2_password', '', challenge)?.length, 0);
  });

  test('is not given by a way of login that is not known', () => {
    assert.equal(passwordProof('client_ed25519', 'secret', challenge), undefined);
    assert.equal(passwordProof('mysql_clear_password', '', challenge), undefined);
  });
});

describe('a sealed password', () => {
  test('is read by the owner of the key, with the challenge', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const sealed = sealedPassword('secret', challenge, publicKey.export({ type: 'spki', format: 'pem' }).toString()) as Buffer;
    const opened = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, sealed);
    assert.equal(Buffer.from(opened.map((byte, index) => byte ^ (challenge[index] as number))).toString(), 'secret\0');
  });

  test('is not made with what is no key', () => {
    assert.equal(sealedPassword('secret', challenge, 'no key'), undefined);
  });
});

const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();
