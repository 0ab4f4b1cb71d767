// Envoy's figures, and what holds for any.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { IntervalFigures, OutlierRules } from './outlier-detection.ts';
import { judge, successRateThreshold } from './outlier-detection.ts';

const successRate = { minHosts: 5, volume: 100, factor: 1.9 };
const failureShare = { minHosts: 5, volume: 50, threshold: 85 };

/** Endpoints `0`, `1`, … that answered so many of a hundred. */
const figuresOf = (rates: readonly number[], total = 100): readonly IntervalFigures[] =>
  rates.map((rate, index) => ({ endpoint: String(index), succeeded: (rate * total) / 100, total }));
const suspectsOf = (rates: readonly number[], rules: OutlierRules, total?: number): readonly string[] =>
  judge(figuresOf(rates, total), rules).map(({ endpoint }) => endpoint);

describe('success rates', () => {
  const known: readonly (readonly [rates: readonly number[], threshold: number, suspects: readonly string[]])[] = [
    [[50, 100, 100, 100, 100], 52, ['0']],
    [[100, 100, 100, 100, 90], 90.4, ['4']],
    [[99, 98, 97, 99, 80, 99, 98, 100, 97, 99], 85.95, ['4']],
  ];
  for (const [rates, threshold, suspects] of known) {
    test(`${rates} have the threshold ${threshold}`, () => {
      assert.equal(Math.round(100 * successRateThreshold(rates, 1.9)) / 100, threshold);
      assert.deepEqual(suspectsOf(rates, { successRate }), suspects);
    });
  }

  test('a suspicion says what it rests on', () => {
    assert.deepEqual(judge(figuresOf([50, 100, 100, 100, 100]), { successRate }), [
      { endpoint: '0', reason: 'success-rate', rate: 50, limit: 52 },
    ]);
  });

  test('of too few endpoints are not compared', () => {
    assert.deepEqual(suspectsOf([0, 100, 100, 100], { successRate: { ...successRate, factor: 1 } }), []);
  });

  test('of endpoints with too few tries do not count', () => {
    assert.deepEqual(suspectsOf([50, 100, 100, 100, 100], { successRate }, 99), []);
    const idle = { endpoint: 'idle', succeeded: 0, total: 99 };
    assert.deepEqual(judge([...figuresOf([100, 100, 100, 100, 100]), idle], { successRate }), []);
    // Five endpoints, of which four have enough tries.
    assert.deepEqual(judge([...figuresOf([50, 100, 100, 100]), idle], { successRate }), []);
  });

  test('of an endpoint without any try do not exist, whatever volume is asked for', () => {
    const none = { endpoint: 'none', succeeded: 0, total: 0 };
    const rules = { successRate: { ...successRate, volume: 0 }, failureShare: { ...failureShare, volume: 0 } };
    const suspects = judge([...figuresOf([50, 100, 100, 100, 100]), none], rules);
    assert.deepEqual(
      suspects.map(({ endpoint, limit }) => [endpoint, limit]),
      [['0', 52]],
    );
  });

  test('are too low below the threshold, and not at it', () => {
    // 90 less two deviations of 20 is 50.
    assert.deepEqual(suspectsOf([50, 100, 100, 100, 100], { successRate: { ...successRate, factor: 2 } }), []);
    assert.deepEqual(suspectsOf([50, 100, 100, 100, 100], { successRate: { ...successRate, factor: 1.99 } }), ['0']);
  });
});

describe('the share of failures', () => {
  test('is too large from 85 percent on, however the others do', () => {
    assert.deepEqual(suspectsOf([15, 16, 100, 100, 14], { failureShare }), ['4', '0']);
    assert.deepEqual(suspectsOf([0, 0, 0, 0, 0], { failureShare }), ['0', '1', '2', '3', '4']);
  });

  test('wants enough endpoints with enough tries', () => {
    assert.deepEqual(suspectsOf([0, 0, 0, 0], { failureShare }), []);
    assert.deepEqual(suspectsOf([0, 0, 0, 0, 0], { failureShare }, 49), []);
    assert.deepEqual(suspectsOf([0, 100, 100, 100, 100], { failureShare }, 50), ['0']);
  });
});

test('an endpoint is suspected once, by its success rate first, and the worst one comes first', () => {
  const suspects = judge(figuresOf([10, 0, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]), { successRate, failureShare });
  assert.deepEqual(
    suspects.map(({ endpoint, reason }) => [endpoint, reason]),
    [
      ['1', 'success-rate'],
      ['0', 'success-rate'],
    ],
  );
});

test('nothing is judged without rules', () => assert.deepEqual(suspectsOf([0, 100, 100, 100, 100], {}), []));

const options = { seed: 0x5eed, numRuns: 1000 };
const factor = fc.double({ min: 0.1, max: 5, noNaN: true });

test('equal rates suspect nobody, whatever the rate and the factor', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 5, max: 60 }), factor, (succeeded, more, count, by) => {
      const figures = Array.from({ length: count }, (_, index) => ({
        endpoint: String(index),
        // The same rate by other figures, which may round differently.
        succeeded: succeeded * (1 + (index % 3)),
        total: (succeeded + more) * (1 + (index % 3)),
      }));
      assert.deepEqual(judge(figures, { successRate: { minHosts: 5, volume: 1, factor: by } }), []);
    }),
    options,
  );
});

test('an endpoint with the mean rate, or a better one, is never suspected by its rate', () => {
  const someDistances = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(someDistances, factor, (distances, by) => {
      // As far below as above, so that 50 percent is the mean.
      const rates = [50, ...distances.flatMap((distance) => [50 - distance / 2, 50 + distance / 2])];
      const suspects = new Set(suspectsOf(rates, { successRate: { ...successRate, factor: by } }, 200));
      for (const [index, rate] of rates.entries()) if (rate >= 50) assert.ok(!suspects.has(String(index)));
    }),
    options,
  );
});

test('who is suspected does not depend on the order of the endpoints', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100), { minLength: 5, maxLength: 20 }), (rates) => {
      const figures = figuresOf(rates);
      const rules = { successRate, failureShare };
      const names = (given: readonly IntervalFigures[]): readonly string[] =>
        judge(given, rules)
          .map(({ endpoint, reason }) => `${endpoint} ${reason}`)
          .sort();
      assert.deepEqual(names(figures.toReversed()), names(figures));
    }),
    options,
  );
});
