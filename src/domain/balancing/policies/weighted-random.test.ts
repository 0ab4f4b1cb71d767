// Chances are exactly the weights', and draws are independent: no turn is kept from one pick to the next.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import { weightedRandom } from './weighted-random.ts';

const request = { key: undefined, attempt: 0 };

describe('weighted-random', () => {
  test('depends on nothing but the number drawn', () => {
    const pool = endpointsOf([1, 1, 1, 1]);
    const picker = weightedRandom.build(pool, {}, policyTools({ random: () => 0.6 }));
    for (const picked of times(10, () => picker.pick(request))) assert.equal(picked, pool[2]);
  });

  test('gives every endpoint its weight of numbers drawn evenly', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const pool = endpointsOf(weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        // Columns times total splits every column exactly where the table does, so that the middle of each part lies on one side.
        const parts = weights.length * total;
        let part = 0;
        const picker = weightedRandom.build(pool, {}, policyTools({ random: () => (part++ + 0.5) / parts }));
        const counts = countPicks(
          pool,
          times(parts, () => picker.pick(request)),
        );
        assert.deepEqual(
          counts,
          weights.map((weight) => weight * weights.length),
        );
      }),
      { seed: 0x5eed, numRuns: 200 },
    );
  });

  test('draws by chi-square as the weights say', () => {
    const weights = [5, 3, 2, 0.5];
    const pool = endpointsOf(weights);
    const picker = weightedRandom.build(pool, {}, policyTools({ random: seeded(11) }));
    const rounds = 105_000;
    const counts = countPicks(
      pool,
      times(rounds, () => picker.pick(request)),
    );
    const distance = counts.reduce((sum, count, index) => {
      const expected = (rounds * (weights[index] ?? 0)) / 10.5;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    // Three degrees of freedom: above 21.1 once in ten thousand seeds.
    assert.ok(distance < 21.1, `chi-square ${distance}`);
  });
});
