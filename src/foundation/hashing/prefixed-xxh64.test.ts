// The same hashes as of prefix and key in one text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Hash64 } from './limbs.ts';
import { PrefixedXxh64 } from './prefixed-xxh64.ts';
import { xxh64Into } from './xxh64.ts';

const whole = ({ high, low }: Hash64): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

function hashOf(text: string): bigint {
  const hash = new Hash64();
  xxh64Into(text, 0, hash);
  return whole(hash);
}

function hashesOf(prefixes: readonly string[], keys: readonly string[]): bigint[][] {
  const prefixed = new PrefixedXxh64(prefixes);
  const hash = new Hash64();
  return keys.map((key) => {
    prefixed.begin(key);
    return prefixes.map((_prefix, index) => {
      prefixed.hashInto(index, hash);
      return whole(hash);
    });
  });
}

test('the hash of the name of an endpoint, a zero and a key is known', () => {
  assert.deepEqual(hashesOf(['10.0.0.1:80\0'], ['foo']), [[0x7e9a39cc752a8ee7n]]);
});

test('hashes are those of prefix and key in one text, whatever came before', () => {
  const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
  const somePrefix = fc.uint8Array({ maxLength: 70, size: 'max' }).map(textOf);
  const someKey = fc.oneof(fc.uint8Array({ maxLength: 40, size: 'max' }), fc.uint8Array({ maxLength: 1500, size: 'max' })).map(textOf);
  fc.assert(
    fc.property(fc.array(somePrefix, { maxLength: 6 }), fc.array(someKey, { maxLength: 6 }), (prefixes, keys) => {
      const expected = keys.map((key) => prefixes.map((prefix) => hashOf(prefix + key)));
      assert.deepEqual(hashesOf(prefixes, keys), expected);
    }),
    { seed: 0x5eed, numRuns: 300 },
  );
});

test('keys whose length is at the edge of the room are hashed whole', () => {
  const keys = [250, 251, 252, 253, 254, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 3].map((length) => 'k'.repeat(length));
  const prefixes = ['', 'a', 'ab', 'abc', 'abcd', 'abcde'];
  assert.deepEqual(
    hashesOf(prefixes, keys),
    keys.map((key) => prefixes.map((prefix) => hashOf(prefix + key))),
  );
});
