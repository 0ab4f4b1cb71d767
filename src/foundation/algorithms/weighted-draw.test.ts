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
    for (const point of [0, 0.25, 0.5, 0.75, 1 - 2 ** -32]) assert.ok([1, 3].includes(draw.draw(() => point)));
    const random = seeded(1);
    for (let round = 0; round < 1000; round++) assert.ok([1, 3].includes(draw.draw(random)));
  });

  test('draws in the proportion of the weights', () => {
    const draw = new WeightedDraw([5, 3, 2]);
    const random = seeded(7);
    const counts = [0, 0, 0];
    for (let round = 0; round < 100_000; round++) {
      const index = draw.draw(random);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    // Chi-square with two degrees of freedom: above 18.4 once in ten thousand seeds.
    const expected = [50_000, 30_000, 20_000];
    const distance = expected.reduce((sum, want, index) => sum + ((counts[index] ?? 0) - want) ** 2 / want, 0);
    assert.ok(distance < 18.4, `chi-square ${distance}`);
  });
});
