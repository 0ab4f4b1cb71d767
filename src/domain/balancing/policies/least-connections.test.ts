// The least busy for its weight, fair ties, and two drawn ones where there are many.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Candidates } from '../policy.ts';
import { leastConnections } from './least-connections.ts';

const request = { key: undefined, attempt: 0 };
const pickerOf = (pool: Candidates, random = seeded(1)) => leastConnections.build(pool, {}, policyTools({ random }));

function hold(pool: Candidates, loads: readonly number[]): void {
  pool.forEach((endpoint, index) => {
    for (let held = 0; held < (loads[index] ?? 0); held++) endpoint.load.hold();
  });
}

describe('least-connections', () => {
  test('never picks an endpoint while another is less busy for its weight', () => {
    const busy = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(12)), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(busy, (given) => {
        const pool = endpointsOf(given.map(([weight]) => weight));
        hold(
          pool,
          given.map(([, load]) => load),
        );
        const picked = pickerOf(pool).pick(request);
        const least = Math.min(...pool.map(({ load, weight }) => load.inFlight / weight));
        assert.equal(picked.load.inFlight / picked.weight, least);
      }),
      { seed: 0x5eed, numRuns: 200 },
    );
  });

  test('holds exactly the weights when nothing ends', () => {
    const weights = [3, 1, 2, 5];
    const pool = endpointsOf(weights);
    const picker = pickerOf(pool);
    for (let round = 0; round < 7 * 11; round++) picker.pick(request).load.hold();
    assert.deepEqual(
      pool.map(({ load }) => load.inFlight),
      weights.map((weight) => 7 * weight),
    );
  });

  test('keeps equal weights within one request of each other', () => {
    const pool = endpointsOf(times(10, () => 1));
    const picker = pickerOf(pool);
    for (let round = 0; round < 95; round++) {
      picker.pick(request).load.hold();
      const loads = pool.map(({ load }) => load.inFlight);
      assert.ok(Math.max(...loads) - Math.min(...loads) <= 1);
    }
  });

  test('picks idle endpoints equally often, not the first one', () => {
    const pool = endpointsOf([1, 1, 1, 1]);
    const picker = pickerOf(pool);
    const counts = countPicks(
      pool,
      times(8000, () => picker.pick(request)),
    );
    for (const count of counts) assert.ok(Math.abs(count - 2000) < 200, `${counts}`);
  });

  test('draws only among those that tie', () => {
    const pool = endpointsOf([1, 1, 1, 1]);
    hold(pool, [1, 0, 1, 0]);
    const picker = pickerOf(pool);
    const counts = countPicks(
      pool,
      times(1000, () => picker.pick(request)),
    );
    assert.equal(counts[0], 0);
    assert.equal(counts[2], 0);
    assert.ok(Math.abs((counts[1] ?? 0) - 500) < 80, `${counts}`);
  });

  test('takes the less busy of two drawn ones above 64 candidates', () => {
    const pool = endpointsOf(times(65, () => 1));
    hold(pool, [3, 2]);
    // A draw of 0 is the first candidate, one of 1/65 and a little the second.
    const draws = [0, 1.01 / 65, 1.01 / 65, 0, 0, 0];
    let drawn = 0;
    const picker = pickerOf(pool, () => draws[drawn++] ?? 0);
    assert.equal(picker.pick(request), pool[1]);
    assert.equal(picker.pick(request), pool[1]);
    assert.equal(picker.pick(request), pool[0]);
  });

  test('compares two drawn ones by weight', () => {
    const pool = endpointsOf(times(65, (index) => (index === 0 ? 4 : 1)));
    // 6 for a weight of 4 is less busy than 2 for a weight of 1.
    hold(pool, [6, 2]);
    const draws = [1.01 / 65, 0];
    let drawn = 0;
    const picker = pickerOf(pool, () => draws[drawn++] ?? 0);
    assert.equal(picker.pick(request), pool[0]);
  });

  test('keeps the busiest of many endpoints near the average', () => {
    const pool = endpointsOf(times(200, () => 1));
    const picker = pickerOf(pool);
    for (let round = 0; round < 2000; round++) picker.pick(request).load.hold();
    const busiest = Math.max(...pool.map(({ load }) => load.inFlight));
    // One draw alone would leave about 20 somewhere; two leave 10 and a few.
    assert.ok(busiest <= 14, `${busiest}`);
  });
});
