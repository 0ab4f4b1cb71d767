import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { times } from '../../../../test/support/endpoints.ts';
import { weightedSlots } from './weighted-slots.ts';

const countsOf = (weights: readonly number[], most: number): number[] => {
  const slots = weightedSlots(weights, most);
  return weights.map((_, place) => slots.filter((slot) => slot === place).length);
};

describe('weighted slots', () => {
  test('are in a row, as many as the weight', () => {
    assert.deepEqual([...weightedSlots([1, 2, 3], 100)], [0, 1, 1, 2, 2, 2]);
    assert.deepEqual([...weightedSlots([10, 20], 100)].length, 30);
  });

  test('share all slots there are when weights are not whole', () => {
    assert.deepEqual(countsOf([0.5, 1.5], 100), [25, 75]);
    assert.deepEqual(countsOf([0.1, 0.1, 0.1], 100), [33, 34, 33]);
  });

  test('share all slots there are when weights would take more', () => {
    assert.deepEqual(countsOf([1000, 3000], 100), [25, 75]);
    assert.deepEqual(countsOf([60, 41], 100), [59, 41]);
  });

  test('are all filled, for many endpoints too', () => {
    const counts = countsOf(
      times(1000, (index) => 1 + (index % 7) / 3),
      6271,
    );
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      6271,
    );
    assert.ok(counts.every((count) => count >= 2));
  });
});
