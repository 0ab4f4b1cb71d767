// Known values; those of "", "a", "abc" and the fox are found with every implementation.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Hash64 } from './limbs.ts';
import { xxh64Into } from './xxh64.ts';

describe('XXH64', () => {
  const known: readonly (readonly [text: string, seed: number, expected: string])[] = [
    ['', 0, 'ef46db3751d8e999'],
    ['a', 0, 'd24ec4f1a98c6e5b'],
    ['abc', 0, '44bc2cf5ad770999'],
    ['test', 0, '4fdcca5ddb678139'],
    ['The quick brown fox jumps over the lazy dog', 0, '0b242d361fda71bc'],
    ['test', 1, '99ebbf9ba48f4c5d'],
    ['10.0.0.1:80\0foo', 0, '7e9a39cc752a8ee7'],
  ];
  for (const [text, seed, expected] of known) {
    test(`of ${JSON.stringify(text)} with seed ${seed} is ${expected}`, () => assert.equal(hexOf(text, seed), expected));
  }

  test('gives the points of a ring of Envoy', () => {
    // From the tests of its ring with twelve points: the hash of an address, an underscore and a number.
    const points = ['127.0.0.1:94_0', '127.0.0.1:94_1'].map((name) => BigInt(`0x${hexOf(name, 0)}`));
    assert.deepEqual(points, [15516499411664133160n, 833437586790550860n]);
  });
});

function hexOf(text: string, seed: number): string {
  const hash = new Hash64();
  xxh64Into(text, seed, hash);
  return [hash.high, hash.low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
