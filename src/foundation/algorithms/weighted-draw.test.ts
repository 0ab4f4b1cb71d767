// The table of known weights, what its columns add up to, and what is drawn from it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { seeded } from '../basics/random.ts';
import { WeightedDraw } from './weighted-draw.ts';

const someWeights = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0, max: 10, noNaN: true })), { minLength: 1, maxLength: 40 })
  .filter((weights) => weights.some((weight) => weight > 1e-3));
const options = { seed: 0x5eed, numRuns: 200 };

describe('a weighted draw', () => {
  test('fills the columns of 5, 1, 1', () => {
    const draw = new WeightedDraw([5, 1, 1]);
    const third = 3 / 7;
    assert.deepEqual([...draw.kept], [1, third, third]);
    assert.deepEqual([...draw.alias], [0, 0, 0]);
  });

  test('fills the columns of 4, 2, 1, 1', () => {
    const draw = new WeightedDraw([4, 2, 1, 1]);
    assert.deepEqual([...draw.kept], [1, 0.5, 0.5, 0.5]);
    assert.deepEqual([...draw.alias], [0, 0, 0, 1]);
  });

  test('gives each index the whole of its weight over all columns', () => {
    fc.assert(
      fc.property(someWeights, (weights) => {
        const { kept, alias } = new WeightedDraw(weights);
        const mass = weights.map(() => 0);
        kept.forEach((share, column) => {
          const other = alias[column] ?? 0;
          mass[column] = (mass[column] ?? 0) + share;
          mass[other] = (mass[other] ?? 0) + 1 - share;
        });
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        weights.forEach((weight, index) => {
          assert.ok(Math.abs((mass[index] ?? 0) / weights.length - weight / total) < 1e-12);
        });
      }),
      options,
    );
  });

  test('never draws an index of weight 0, whatever random says', () => {
    const draw = new WeightedDraw([0, 3, 0, 1]);
    for (const point of [0, 0.25, 0.5, 0.75, 1 - 2 ** -32, 0.9999999999999999]) assert.ok([1, 3].includes(draw.draw(() => point)));
    const random = seeded(1);
    for (let round = 0; round < 1000; round++) assert.ok([1, 3].includes(draw.draw(random)));
  });

  test('leaves no part of any column to an index of weight 0', () => {
    const withZeros = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 }), fc.double({ min: 1e-9, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(withZeros, (weights) => {
        fc.pre(weights.some((weight) => weight > 0));
        const draw = new WeightedDraw(weights);
        weights.forEach((weight, index) => {
          if (weight === 0) assert.equal(draw.kept[index], 0);
          assert.ok((weights[draw.alias[index] ?? index] ?? 0) > 0, `column ${index}`);
        });
        for (const point of [0, 0.9999999999999999]) assert.ok((weights[draw.draw(() => point)] ?? 0) > 0);
      }),
      options,
    );
  });

  // Chi-square with one degree of freedom less than there are weights: above the bound once in ten thousand seeds.
  const proportions: readonly (readonly [weights: readonly number[], bound: number])[] = [
    [[5, 3, 2], 18.42],
    [[5, 1, 1], 18.42],
    [[4, 2, 1, 1], 21.11],
    [[0.5, 1000, 250.25, 3, 40], 23.51],
  ];
  for (const [weights, bound] of proportions) {
    test(`draws in the proportion of ${weights} a million times`, () => {
      const draw = new WeightedDraw(weights);
      const random = seeded(7);
      const counts = weights.map(() => 0);
      for (let round = 0; round < 1_000_000; round++) {
        const index = draw.draw(random);
        counts[index] = (counts[index] ?? 0) + 1;
      }
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const distance = weights.reduce((sum, weight, index) => {
        const expected = (1_000_000 * weight) / total;
        return sum + ((counts[index] ?? 0) - expected) ** 2 / expected;
      }, 0);
      assert.ok(distance < bound, `chi-square ${distance}`);
    });
  }
});
