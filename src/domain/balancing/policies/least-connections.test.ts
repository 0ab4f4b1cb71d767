// The least busy for its weight, fair ties, drawn ones where there are many, and turns that load makes fewer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countPicks, endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { OptionValues } from '../options.ts';
import type { Candidates } from '../policy.ts';
import { leastConnections } from './least-connections.ts';

type Settings = OptionValues<typeof leastConnections.options>;
const request = { key: undefined, attempt: 0 };
const defaults = { scan: 'auto', choices: 2, bias: 0 } as const;
const pickerOf = (pool: Candidates, random = seeded(1), options: Partial<Settings> = {}) =>
  leastConnections.build(pool, { ...defaults, ...options }, policyTools({ random }));

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

  test('looks at all of many endpoints when it is told to', () => {
    const pool = endpointsOf(times(200, () => 1));
    hold(
      pool,
      times(200, (index) => (index === 123 ? 1 : 2)),
    );
    const picker = pickerOf(pool, seeded(1), { scan: 'full' });
    for (const picked of times(50, () => picker.pick(request))) assert.equal(picked, pool[123]);
  });

  test('draws as many as it is told to above 64 candidates', () => {
    const pool = endpointsOf(times(65, () => 1));
    hold(pool, [3, 2, 1, 0]);
    const draws = [0, 1.01 / 65, 2.01 / 65, 3.01 / 65];
    let drawn = 0;
    const picker = pickerOf(pool, () => draws[drawn++] ?? 0, { choices: 3 });
    assert.equal(picker.pick(request), pool[2]);
  });
});

describe('least-connections with a bias', () => {
  /** Shares of many picks while loads stay what they are. */
  function countsOf(pool: Candidates, bias: number, picks: number): number[] {
    const picker = pickerOf(pool, seeded(3), { bias });
    return countPicks(
      pool,
      times(picks, () => picker.pick(request)),
    );
  }

  test('gives turns by weight while all are as busy', () => {
    const pool = endpointsOf([3, 2, 1]);
    hold(pool, [2, 2, 2]);
    countsOf(pool, 1, 600).forEach((count, index) => {
      assert.ok(Math.abs(count - 100 * (3 - index)) <= 2, `${count} for ${index}`);
    });
  });

  test('divides the weight by the requests in flight and one more, to the power of the bias', () => {
    const pool = endpointsOf([4, 1]);
    hold(pool, [3, 0]);
    // 4 / (3 + 1) ^ bias against 1.
    for (const [bias, share] of [
      [0.5, 2 / 3],
      [1, 1 / 2],
      [2, 1 / 5],
    ] as const) {
      const [first = 0] = countsOf(pool, bias, 3000);
      assert.ok(Math.abs(first - 3000 * share) <= 2, `${first} with a bias of ${bias}`);
    }
  });

  test('keeps endpoints about as busy as they weigh when nothing ends', () => {
    const pool = endpointsOf([3, 1, 2]);
    const picker = pickerOf(pool, seeded(2), { bias: 1 });
    for (let pick = 0; pick < 600; pick++) picker.pick(request).load.hold();
    // A weight of w / (k + 1) for a load of k makes loads grow with the square root of w.
    const roots = [3, 1, 2].map(Math.sqrt);
    const sum = roots.reduce((total, root) => total + root, 0);
    pool.forEach(({ load }, index) => {
      const expected = (600 * (roots[index] ?? 0)) / sum;
      assert.ok(Math.abs(load.inFlight - expected) < 0.1 * expected, `${load.inFlight} instead of ${expected}`);
    });
  });

  test('brings an endpoint back that was very busy once, at the next refresh', () => {
    const pool = endpointsOf([1, 1]);
    hold(pool, [999]);
    const picker = pickerOf(pool, seeded(1), { bias: 2 });
    for (let pick = 0; pick < 50; pick++) picker.pick(request);
    while (pool[0].load.inFlight > 0) pool[0].load.release();
    const early = times(50, () => picker.pick(request));
    assert.ok(!early.includes(pool[0]));
    picker.refresh?.(0);
    const late = times(50, () => picker.pick(request));
    assert.ok(Math.abs((countPicks(pool, late)[0] ?? 0) - 25) <= 1);
  });
});
