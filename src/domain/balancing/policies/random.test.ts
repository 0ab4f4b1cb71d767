// Draws are independent: no turn is kept from one pick to the next.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { random } from './random.ts';

describe('random', () => {
  test('depends on nothing but the number drawn', () => {
    const pool = endpointsOf([1, 1, 1, 1]);
    const picker = random.build(pool, {}, policyTools({ random: () => 0.6 }));
    for (const picked of times(10, () => picker.pick({ key: undefined, attempt: 0 }))) assert.equal(picked, pool[2]);
  });

  test('draws a heavy endpoint more often', () => {
    const pool = endpointsOf([1, 3]);
    // Four draws that split [0, 1) evenly stand for all draws.
    const draws = [0.1, 0.4, 0.6, 0.9];
    const picks = draws.map((draw) => random.build(pool, {}, policyTools({ random: () => draw })).pick({ key: undefined, attempt: 0 }));
    assert.deepEqual(picks.filter((picked) => picked === pool[1]).length, 3);
  });
});
