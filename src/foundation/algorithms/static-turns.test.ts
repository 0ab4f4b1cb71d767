// The cycles that HAProxy's rule gives for known weights, and what holds for any.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { turnsOf } from './static-turns.ts';

const countsOf = (turns: Uint16Array, indices: number): number[] =>
  Array.from({ length: indices }, (_, index) => turns.filter((turn) => turn === index).length);
const options = { seed: 0x5eed, numRuns: 200 };

describe('static turns', () => {
  const known: readonly (readonly [weights: readonly number[], turns: readonly number[]])[] = [
    [
      [5, 1, 1],
      [0, 0, 0, 1, 0, 0, 2],
    ],
    [
      [4, 2, 1],
      [0, 0, 1, 0, 1, 0, 2],
    ],
    [
      [3, 2, 1],
      [0, 0, 1, 0, 1, 2],
    ],
    [
      [0, 1, 2],
      [1, 2, 2],
    ],
    [[7], [0]],
    [[], []],
    [[0, 0], []],
  ];
  for (const [weights, turns] of known) {
    test(`of [${weights}] are [${turns}]`, () => assert.deepEqual([...turnsOf(weights)], turns));
  }

  test('forget what all weights have in common', () => {
    assert.deepEqual(turnsOf([500, 100, 0, 100]), turnsOf([5, 1, 0, 1]));
  });

  test('take decimals for what they are', () => {
    assert.deepEqual(turnsOf([0.5, 0.1, 0, 0.1]), turnsOf([5, 1, 0, 1]));
    assert.deepEqual(turnsOf([1.5, 1]), turnsOf([3, 2]));
    assert.deepEqual(countsOf(turnsOf([1e-9, 0.001]), 2), [1, 1000]);
  });

  test('follow the rule as HAProxy writes it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 1, maxLength: 12 }), (others) => {
        const weights = [...others, 1];
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const scores = weights.map(() => 0);
        for (const turn of turnsOf(weights)) {
          let best: { readonly index: number; readonly cycles: number } | undefined;
          for (const [index, weight] of weights.entries()) {
            if (weight === 0) continue;
            const score = (scores[index] ?? 0) + weight;
            scores[index] = score;
            const cycles = Math.floor((score + total) / total);
            if (best === undefined || cycles > best.cycles) best = { index, cycles };
          }
          assert.equal(turn, best?.index);
          scores[turn] = (scores[turn] ?? 0) - total;
        }
      }),
      options,
    );
  });

  test('hold each index as often as its weight says', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 12 }), (others) => {
        // A weight of 1 leaves nothing in common.
        const weights = [...others, 1];
        assert.deepEqual(countsOf(turnsOf(weights), weights.length), weights);
      }),
      options,
    );
  });

  test('stay within 65,536 for any weights, keep their proportion nearly, and every index', () => {
    const heavy = fc.array(fc.integer({ min: 1, max: 2 ** 31 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(heavy, (others) => {
        const weights = [...others, 0, 1, 200_003];
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const turns = turnsOf(weights);
        assert.ok(turns.length > 0 && turns.length <= 65_536);
        for (const [index, count] of countsOf(turns, weights.length).entries()) {
          const weight = weights[index] ?? 0;
          assert.equal(count > 0, weight > 0);
          assert.ok(Math.abs(count / turns.length - weight / total) < 0.001);
        }
      }),
      { ...options, numRuns: 20 },
    );
  });
});
