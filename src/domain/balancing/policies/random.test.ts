// Draws are independent and even: no turn is kept from one pick to the next, and no weight counts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { random } from './random.ts';

const request = { key: undefined, attempt: 0 };

describe('random', () => {
  test('depends on nothing but the number drawn', () => {
    const pool = endpointsOf([1, 1, 1, 1]);
    const picker = random.build(pool, {}, policyTools({ random: () => 0.6 }));
    for (const picked of times(10, () => picker.pick(request))) assert.equal(picked, pool[2]);
  });

  test('splits the numbers drawn into equal parts, in the order of the list', () => {
    const pool = endpointsOf([9, 1, 4]);
    const draws = [0, 0.33, 0.34, 0.66, 0.67, 1 - 2 ** -32];
    const picks = draws.map((draw) => random.build(pool, {}, policyTools({ random: () => draw })).pick(request));
    assert.deepEqual(
      picks.map((picked) => pool.indexOf(picked)),
      [0, 0, 1, 1, 2, 2],
    );
  });

  test('draws a heavy endpoint no more often than a light one', () => {
    const pool = endpointsOf([1, 100, 10]);
    const picker = random.build(pool, {}, policyTools({ random: seeded(3) }));
    const counts = countPicks(
      pool,
      times(30_000, () => picker.pick(request)),
    );
    // Five standard deviations of a third.
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 5 * Math.sqrt(30_000 * (1 / 3) * (2 / 3)), `${counts}`);
  });
});
