// The least busy for its weight, and fair ties.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countPicks, endpointsOf, times } from '../../../test/support/endpoints.ts';
import { WeightedDraw } from '../../foundation/algorithms/weighted-draw.ts';
import { seeded } from '../../foundation/basics/random.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { leastBusy, leastBusyDrawn } from './least-busy.ts';
import type { Candidates } from './policy.ts';

const options = { seed: 0x5eed, numRuns: 200 };
const busyness = ({ load, weight }: Endpoint): number => load.inFlight / weight;
const chancesOf = (pool: Candidates): WeightedDraw => new WeightedDraw(pool.map(({ weight }) => weight));

const busyPools = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(12)), { minLength: 1, maxLength: 40 })
  .map((given) => busyPool(given));

function busyPool(given: readonly (readonly [weight: number, inFlight: number])[]): Candidates {
  const pool = endpointsOf(given.map(([weight]) => weight));
  pool.forEach(({ load }, index) => {
    for (let held = 0; held < (given[index]?.[1] ?? 0); held++) load.hold();
  });
  return pool;
}

/** Chi-square of counts against weights. */
function distance(counts: readonly number[], weights: readonly number[]): number {
  const picks = counts.reduce((sum, count) => sum + count, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight, index) => {
    const expected = (picks * weight) / total;
    return sum + ((counts[index] ?? 0) - expected) ** 2 / expected;
  }, 0);
}

describe('the least busy of all', () => {
  test('is less busy for its weight than every other, or as busy', () => {
    fc.assert(
      fc.property(busyPools, fc.integer(), (pool, seed) => {
        assert.equal(busyness(leastBusy(pool, seeded(seed))), Math.min(...pool.map(busyness)));
      }),
      options,
    );
  });

  test('is drawn by weight among those that tie, and only among them', () => {
    // Five for a weight of 5 and one for a weight of 1 tie; three for a weight of 2 do not.
    const pool = busyPool([
      [5, 5],
      [2, 3],
      [1, 1],
      [2, 2],
    ]);
    const random = seeded(5);
    const counts = countPicks(
      pool,
      times(40_000, () => leastBusy(pool, random)),
    );
    assert.equal(counts[1], 0);
    // Two degrees of freedom: above 18.4 once in ten thousand seeds.
    assert.ok(distance([counts[0] ?? 0, counts[2] ?? 0, counts[3] ?? 0], [5, 1, 2]) < 18.4, `${counts}`);
  });
});

describe('the least busy of drawn ones', () => {
  test('is one of those drawn, and no other of them is less busy', () => {
    fc.assert(
      fc.property(busyPools, fc.integer({ min: 1, max: 16 }), fc.integer(), (pool, choices, seed) => {
        const chances = chancesOf(pool);
        const again = seeded(seed);
        const drawn = times(choices, () => pool[chances.draw(again)] ?? pool[0]);
        const least = Math.min(...drawn.map(busyness));
        const first = drawn.find((endpoint) => busyness(endpoint) === least);
        assert.equal(leastBusyDrawn(pool, chances, choices, seeded(seed)), first);
      }),
      options,
    );
  });

  test('is by weight while all are idle', () => {
    const weights = [5, 1, 3, 0.5, 2];
    const pool = endpointsOf(weights);
    const chances = chancesOf(pool);
    const random = seeded(6);
    const counts = countPicks(
      pool,
      times(50_000, () => leastBusyDrawn(pool, chances, 3, random)),
    );
    // Four degrees of freedom: above 23.5 once in ten thousand seeds.
    assert.ok(distance(counts, weights) < 23.5, `${counts}`);
  });
});
