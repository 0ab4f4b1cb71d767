// The generator against its definition, and against the plainest things that numbers drawn at random must do.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seeded } from './random.ts';

/** sfc32 as its author writes it, over integers of any size cut to 32 bits. */
function asDefined(seed: number): () => number {
  const cut = (value: bigint): bigint => BigInt.asUintN(32, value);
  let [a, b, c, counter] = [0n, cut(BigInt(seed)), 0x9e37_79b9n, 1n];
  const next = (): bigint => {
    const sum = cut(a + b + counter);
    counter = cut(counter + 1n);
    a = b ^ (b >> 9n);
    b = cut(c + (c << 3n));
    c = cut((cut(c << 21n) | (c >> 11n)) + sum);
    return sum;
  };
  for (let round = 0; round < 12; round++) next();
  return () => Number(next()) / 2 ** 32;
}

const draws = (seed: number, count: number): number[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, random);
};

describe('a seeded generator', () => {
  test('is sfc32', () => {
    for (const seed of [0, 1, 2, 42, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
      const expected = asDefined(seed);
      for (const drawn of draws(seed, 1000)) assert.equal(drawn, expected());
    }
  });

  test('gives the same numbers for the same seed and others for another', () => {
    assert.deepEqual(draws(7, 20), draws(7, 20));
    assert.notDeepEqual(draws(7, 20), draws(8, 20));
    assert.equal(new Set(Array.from({ length: 1000 }, (_, seed) => draws(seed, 1)[0])).size, 1000);
  });

  test('stays in [0, 1)', () => {
    for (const drawn of draws(3, 100_000)) assert.ok(drawn >= 0 && drawn < 1);
  });

  test('falls equally often everywhere', () => {
    const counts = new Array<number>(100).fill(0);
    for (const drawn of draws(5, 100_000)) counts[Math.floor(drawn * 100)] = (counts[Math.floor(drawn * 100)] ?? 0) + 1;
    const distance = counts.reduce((sum, seen) => sum + (seen - 1000) ** 2 / 1000, 0);
    // Chi-square with 99 degrees of freedom: outside once in ten thousand seeds on either side.
    assert.ok(distance > 52 && distance < 161, `chi-square ${distance}`);
  });

  test('does not tell the next number by the last', () => {
    const drawn = draws(11, 100_000);
    const product = drawn.slice(1).reduce((sum, value, index) => sum + (value - 0.5) * ((drawn[index] ?? 0) - 0.5), 0);
    // The correlation of neighbours; its standard deviation is one over the root of the count.
    assert.ok(Math.abs((12 * product) / drawn.length) < 4 / Math.sqrt(drawn.length));
  });
});
