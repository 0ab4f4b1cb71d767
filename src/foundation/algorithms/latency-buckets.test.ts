// Where durations fall, and what is read back from the counts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { latencyBuckets } from './latency-buckets.ts';

const { count } = latencyBuckets;
const last = count - 1;
const minute = 2 ** 26;

function countsOf(durations: readonly number[]): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const duration of durations) {
    const bucket = latencyBuckets.of(duration);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

describe('the bucket of a duration', () => {
  const known: readonly (readonly [microseconds: number, bucket: number])[] = [
    [0, 0],
    [63, 0],
    [63.9, 0],
    [64, 1],
    [79, 1],
    [80, 2],
    [96, 3],
    [112, 4],
    [127, 4],
    [128, 5],
    [minute - 1, last - 1],
    [minute, last],
    [2 ** 31, last],
    [2 ** 40, last],
    [Number.POSITIVE_INFINITY, last],
  ];
  for (const [microseconds, bucket] of known) {
    test(`of ${microseconds} µs is ${bucket}`, () => assert.equal(latencyBuckets.of(microseconds), bucket));
  }

  test('ends above the duration, and the one before it does not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 27 }), (duration) => {
        const bucket = latencyBuckets.of(duration);
        assert.ok(duration < latencyBuckets.upperEnd(bucket));
        if (bucket > 0) assert.ok(duration >= latencyBuckets.upperEnd(bucket - 1));
      }),
      { seed: 0x5eed, numRuns: 2000 },
    );
  });

  test('is never wider than a quarter of its lower end, but for the first and the last', () => {
    for (let bucket = 1; bucket < last; bucket++) {
      const [lower, upper] = [latencyBuckets.upperEnd(bucket - 1), latencyBuckets.upperEnd(bucket)];
      assert.ok(upper > lower && upper <= 1.25 * lower, `${lower} to ${upper}`);
    }
    assert.equal(latencyBuckets.upperEnd(last - 1), minute);
    assert.equal(latencyBuckets.upperEnd(last), Number.POSITIVE_INFINITY);
  });
});

describe('a quantile', () => {
  test('is 0 when nothing was counted', () => {
    assert.equal(latencyBuckets.quantile(countsOf([]), 0.5), 0);
    assert.equal(latencyBuckets.quantile([], 0.5), 0);
  });

  test('is the end of the bucket that holds it', () => {
    const counts = countsOf([...new Array<number>(90).fill(70), ...new Array<number>(9).fill(1000), 30_000_000]);
    assert.equal(latencyBuckets.quantile(counts, 0), 80);
    assert.equal(latencyBuckets.quantile(counts, 0.5), 80);
    assert.equal(latencyBuckets.quantile(counts, 0.9), 80);
    assert.equal(latencyBuckets.quantile(counts, 0.91), 1024);
    assert.equal(latencyBuckets.quantile(counts, 0.99), 1024);
    assert.equal(latencyBuckets.quantile(counts, 1), 2 ** 24 * 2);
  });

  test('of what lasted too long to tell is the longest that can be told', () => {
    assert.equal(latencyBuckets.quantile(countsOf([minute, 2 * minute]), 0.5), minute);
  });

  test('is never below the exact one, and at most a quarter above it', () => {
    const durations = fc.array(fc.integer({ min: 64, max: minute - 1 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(durations, fc.double({ min: 0.001, max: 1, noNaN: true }), (given, share) => {
        const sorted = given.toSorted((one, other) => one - other);
        const exact = sorted[Math.ceil(given.length * share) - 1] ?? assert.fail('a rank in range');
        const told = latencyBuckets.quantile(countsOf(given), share);
        assert.ok(told > exact && told <= 1.25 * exact + 1, `${told} for ${exact}`);
      }),
      { seed: 0x5eed, numRuns: 300 },
    );
  });
});
