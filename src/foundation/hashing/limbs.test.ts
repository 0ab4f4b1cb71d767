// Sums and products beside integers of any size.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { highOfProduct, highOfSum } from './limbs.ts';

const options = { seed: 0x5eed, numRuns: 5000 };
const someHalf = fc.oneof(
  fc.constantFrom(0, 1, -1, 0xffff, 0x10000, 0xffff0000 | 0, 0x7fffffff, -0x80000000),
  fc.integer({ min: -0x80000000, max: 0x7fffffff }),
);
const whole = (high: number, low: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
const highHalf = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));

test('the high half of a sum and of a product is that of 64 bits', () => {
  fc.assert(
    fc.property(someHalf, someHalf, someHalf, someHalf, (highA, lowA, highB, lowB) => {
      const [a, b] = [whole(highA, lowA), whole(highB, lowB)];
      assert.equal(highOfSum(highA, lowA, highB, lowB), highHalf(a + b));
      assert.equal(highOfProduct(highA, lowA, highB, lowB), highHalf(a * b));
      // Unsigned halves are the same halves.
      assert.equal(highOfSum(highA >>> 0, lowA >>> 0, highB >>> 0, lowB >>> 0), highHalf(a + b));
      assert.equal(highOfProduct(highA >>> 0, lowA >>> 0, highB >>> 0, lowB >>> 0), highHalf(a * b));
    }),
    options,
  );
});
