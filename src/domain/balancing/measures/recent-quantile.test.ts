// The same quantiles as sorting the last values anew each time.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RecentQuantile } from './recent-quantile.ts';

describe('a quantile of recent values', () => {
  test('is that of the last values, sorted', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
    const share = fc.oneof(fc.constantFrom(0.5, 1, 0.001), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(fc.tuple(value, share), { maxLength: 60 }), (size, steps) => {
        const recent = new RecentQuantile(size);
        const all: number[] = [];
        for (const [given, part] of steps) {
          recent.addFrom(Float64Array.of(given), 0);
          all.push(given);
          const sorted = all.slice(-size).toSorted((one, other) => one - other);
          assert.equal(recent.count, sorted.length);
          assert.equal(recent.quantile(part), sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]);
        }
      }),
      { seed: 0x9a7e, numRuns: 400 },
    );
  });

  test('never falls as the share grows', () => {
    const recent = new RecentQuantile(16);
    for (const value of [3, 1, 4, 1, 5, 9, 2, 6]) recent.addFrom(Float64Array.of(value), 0);
    let last = Number.NEGATIVE_INFINITY;
    for (let share = 0; share <= 1; share += 0.01) {
      assert.ok(recent.quantile(share) >= last);
      last = recent.quantile(share);
    }
    assert.equal(last, 9);
  });

  test('begins anew when it is cleared', () => {
    const recent = new RecentQuantile(3);
    for (const value of [7, 8, 9, 7]) recent.addFrom(Float64Array.of(value), 0);
    recent.clear();
    assert.ok(Number.isNaN(recent.quantile(0.5)));
    for (const value of [1, 2, 3, 5]) recent.addFrom(Float64Array.of(value), 0);
    assert.deepEqual([recent.count, recent.quantile(0.01), recent.quantile(0.5), recent.quantile(1)], [3, 2, 3, 5]);
  });

  test('is not a number before there is one', () => assert.ok(Number.isNaN(new RecentQuantile(3).quantile(0.5))));
});
