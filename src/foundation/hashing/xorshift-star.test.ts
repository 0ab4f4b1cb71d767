// One step beside its definition, and the choices that Envoy's scores make with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Hash64 } from './limbs.ts';
import { xorshiftStarInto } from './xorshift-star.ts';
import { xxh64Into } from './xxh64.ts';

const whole = ({ high, low }: Hash64): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

function asDefined(value: bigint): bigint {
  let x = value;
  x ^= x >> 12n;
  x ^= BigInt.asUintN(64, x << 25n);
  x ^= x >> 27n;
  return BigInt.asUintN(64, x * 2685821657736338717n);
}

test('a step is what its definition says', () => {
  const hash = new Hash64();
  const someHalf = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(
    fc.property(someHalf, someHalf, (high, low) => {
      xorshiftStarInto(high, low, hash);
      assert.equal(whole(hash), asDefined((BigInt(high) << 32n) | BigInt(low)));
    }),
    { seed: 0x5eed, numRuns: 2000 },
  );
});

test('the lower 53 bits of a step choose the endpoints that the logarithmic scores of Envoy choose', () => {
  const ids = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'];
  assert.deepEqual(
    ['foo', 'bar', 'user-42', '/some/path'].map((key) => chosen(ids, key)),
    [2, 2, 2, 1],
  );
});

/** Of equal weight, so that the greatest number has the greatest score. */
function chosen(ids: readonly string[], key: string): number {
  const keyHash = new Hash64();
  const idHash = new Hash64();
  const step = new Hash64();
  xxh64Into(key, 0, keyHash);
  const numbers = ids.map((id) => {
    xxh64Into(id, 0, idHash);
    xorshiftStarInto(keyHash.high ^ idHash.high, keyHash.low ^ idHash.low, step);
    return (step.high & 0x1f_ffff) * 0x1_0000_0000 + (step.low >>> 0);
  });
  return numbers.indexOf(Math.max(...numbers));
}
