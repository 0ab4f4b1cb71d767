// Turns: plain for equal weights, smooth for a few candidates, by stride for many.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { roundRobin } from './round-robin.ts';

const request = { key: undefined, attempt: 0 };

function picksOf(weights: readonly number[], count: number, random = seeded(1)) {
  const pool = endpointsOf(weights);
  const picker = roundRobin.build(pool, {}, policyTools({ random }));
  const picks = times(count, () => picker.pick(request));
  return { pool, picks, order: picks.map((picked) => pool.indexOf(picked)) };
}

describe('round-robin', () => {
  test('takes equal weights in the order of the list', () => {
    assert.deepEqual(picksOf([2, 2, 2], 7, () => 0.5).order, [1, 2, 0, 1, 2, 0, 1]);
  });

  test('starts at any place of the list', () => {
    const starts = times(100, (seed) => picksOf([1, 1, 1, 1], 1, seeded(seed)).order[0]);
    assert.deepEqual([...new Set(starts)].toSorted(), [0, 1, 2, 3]);
  });

  test('takes unequal weights smoothly', () => {
    assert.deepEqual(picksOf([5, 1, 1], 7, () => 0).order, [0, 0, 1, 0, 2, 0, 0]);
  });

  test('starts anywhere in the cycle of unequal weights', () => {
    const starts = times(100, (seed) => picksOf([5, 1, 1], 7, seeded(seed)).order.join());
    assert.equal(new Set(starts).size, 7);
  });

  test('is exact over a cycle of weights up to 64 candidates', () => {
    const weights = times(64, (index) => 1 + (index % 4));
    const { pool, picks } = picksOf(weights, 160);
    assert.deepEqual(countPicks(pool, picks), weights);
  });

  test('is within two turns of the weights above 64 candidates', () => {
    const weights = times(100, (index) => 1 + (index % 4));
    const { pool, picks } = picksOf(weights, 2500);
    countPicks(pool, picks).forEach((count, index) => {
      assert.ok(Math.abs(count - 10 * (weights[index] ?? 0)) <= 2, `${count} for weight ${weights[index]}`);
    });
  });
});
