// Known buckets, and what the paper promises about one bucket more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { jumpHash } from './jump.ts';

const jump = (key: bigint, buckets: number): number => jumpHash(Number(key >> 32n) | 0, Number(key & 0xffff_ffffn) | 0, buckets);

describe('a jump hash', () => {
  const known: readonly (readonly [key: bigint, buckets: number, expected: number])[] = [
    [1n, 1, 0],
    [42n, 57, 43],
    [0xdead10ccn, 1, 0],
    [0xdead10ccn, 666, 361],
    [256n, 1024, 520],
    [10863919174838991n, 11, 6],
    [2016238256797177309n, 11, 3],
    [1673758223894951030n, 11, 5],
    [0n, 60, 0],
    [1n, 60, 55],
    [2n, 60, 46],
    [3n, 60, 8],
  ];
  for (const [key, buckets, expected] of known) {
    test(`puts ${key} into ${expected} of ${buckets}`, () => assert.equal(jump(key, buckets), expected));
  }

  const options = { seed: 0x5eed, numRuns: 1000 };
  const someKey = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

  test('is what the paper says', () => {
    fc.assert(
      fc.property(someKey, fc.integer({ min: 1, max: 100_000 }), (key, buckets) => {
        assert.equal(jump(key, buckets), asDefined(key, buckets));
      }),
      options,
    );
  });

  test('moves a key to the new bucket or not at all', () => {
    fc.assert(
      fc.property(someKey, fc.integer({ min: 1, max: 2000 }), (key, buckets) => {
        const after = jump(key, buckets + 1);
        assert.ok(after === buckets || after === jump(key, buckets));
      }),
      options,
    );
  });

  test('takes halves signed and unsigned', () => {
    assert.equal(jumpHash(0xffff_ffff, 0x8000_0000, 1000), jumpHash(-1, -0x8000_0000, 1000));
  });
});

/** The program of the paper, over integers of any size. */
function asDefined(key: bigint, buckets: number): number {
  let state = key;
  let bucket = -1;
  let next = 0;
  while (next < buckets) {
    bucket = next;
    state = BigInt.asUintN(64, state * 2862933555777941757n + 1n);
    next = Math.floor((bucket + 1) * (2 ** 31 / Number((state >> 33n) + 1n)));
  }
  return bucket;
}
