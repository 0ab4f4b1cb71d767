// What holds for any weights.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SmoothWeights } from './smooth-weights.ts';

const someWeights = fc
  .array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 12 })
  .filter((weights) => weights.some((weight) => weight > 0));
const sumOf = (weights: readonly number[]): number => weights.reduce((sum, weight) => sum + weight, 0);
const options = { seed: 0x5eed, numRuns: 200 };

test('any W turns in a row hold each index as often as its weight says, wherever they begin', () => {
  fc.assert(
    fc.property(someWeights, fc.nat(50), (weights, skipped) => {
      const schedule = new SmoothWeights(weights);
      for (let turn = 0; turn < skipped; turn++) schedule.next();
      const counts = weights.map(() => 0);
      for (let turn = 0; turn < sumOf(weights); turn++) {
        const index = schedule.next();
        counts[index] = (counts[index] ?? 0) + 1;
      }
      assert.deepEqual(counts, weights);
    }),
    options,
  );
});

test('no index is ever more than one and a half turns away from its share', () => {
  fc.assert(
    fc.property(someWeights, (weights) => {
      const total = sumOf(weights);
      const schedule = new SmoothWeights(weights);
      const counts = weights.map(() => 0);
      for (let turn = 1; turn <= total; turn++) {
        const index = schedule.next();
        counts[index] = (counts[index] ?? 0) + 1;
        for (const [at, weight] of weights.entries()) {
          assert.ok(Math.abs((counts[at] ?? 0) - (turn * weight) / total) < 1.5, `index ${at} after ${turn} turns`);
        }
      }
    }),
    options,
  );
});

test('scaling all weights changes no turn', () => {
  fc.assert(
    fc.property(someWeights, fc.constantFrom(2, 3, 16, 0.5, 0.25), (weights, factor) => {
      const one = new SmoothWeights(weights);
      const other = new SmoothWeights(weights.map((weight) => weight * factor));
      for (let turn = 0; turn < 100; turn++) assert.equal(other.next(), one.next());
    }),
    options,
  );
});
