// The turns and the state in between, after the traces published with nginx.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SmoothWeights } from './smooth-weights.ts';

const turns = (weights: readonly number[], count: number): number[] => {
  const schedule = new SmoothWeights(weights);
  return Array.from({ length: count }, () => schedule.next());
};

describe('smooth weights', () => {
  const known: readonly (readonly [weights: readonly number[], turns: readonly number[]])[] = [
    [
      [5, 1, 1],
      [0, 0, 1, 0, 2, 0, 0],
    ],
    [
      [4, 2, 1],
      [0, 1, 0, 2, 0, 1, 0],
    ],
    [
      [3, 2, 1],
      [0, 1, 0, 2, 1, 0],
    ],
    [
      [5, 3, 2],
      [0, 1, 2, 0, 0, 1, 0, 2, 1, 0],
    ],
    [
      [0, 1, 2],
      [2, 1, 2, 2, 1, 2],
    ],
  ];
  for (const [weights, expected] of known) {
    test(`give ${weights} the turns ${expected}`, () => assert.deepEqual(turns(weights, expected.length), expected));
  }

  test('begin again once a cycle is over', () => {
    assert.deepEqual(turns([5, 1, 1], 14).slice(7), turns([5, 1, 1], 7));
  });

  test('take equal weights in the order of the list', () => {
    assert.deepEqual(turns([3, 3, 3], 6), [0, 1, 2, 0, 1, 2]);
  });

  test('give a single index every turn', () => {
    assert.deepEqual(turns([7], 3), [0, 0, 0]);
  });
});
