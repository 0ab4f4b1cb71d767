// The four limits by known sequences, and what holds for each of them whatever comes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { seeded } from '../../../foundation/basics/random.ts';
import { milliseconds } from '../../../foundation/basics/units.ts';
import { AimdLimit } from './aimd.ts';
import type { ConcurrencyLimit, Sample } from './concurrency-limit.ts';
import { EnvoyGradientLimit } from './envoy-gradient.ts';
import { Gradient2Limit } from './gradient2.ts';
import { VegasLimit } from './vegas.ts';

const sample = (took: number, inFlight: number, dropped = false): Sample => ({ took, inFlight, dropped });

const newAimd = (initial = 20): AimdLimit => new AimdLimit({ least: 20, most: 200, initial, slowAfter: milliseconds(5000), backoff: 0.9 });
const newVegas = (initial = 20): VegasLimit => new VegasLimit({ least: 1, most: 1000, initial }, seeded(1));
const newGradient = (initial = 20): Gradient2Limit => new Gradient2Limit({ least: 20, most: 200, initial, tolerance: 1.5 });

describe('additive increase, multiplicative decrease', () => {
  test('adds one when half is in use, and takes a tenth for a drop or a slow one', () => {
    const limit = newAimd(50);
    assert.equal(limit.update(sample(10, 25)), 51);
    assert.equal(limit.update(sample(10, 25)), 51);
    assert.equal(limit.update(sample(5000, 26)), 52);
    assert.equal(limit.update(sample(5001, 3)), 46);
    assert.equal(limit.update(sample(10, 3, true)), 41);
    for (let drop = 0; drop < 20; drop++) limit.update(sample(10, 3, true));
    assert.equal(limit.limit, 20);
    for (let good = 0; good < 1000; good++) limit.update(sample(10, 200));
    assert.equal(limit.limit, 200);
  });
});

describe('Vegas', () => {
  test('goes up and down with the guess of who waits', () => {
    const limit = newVegas();
    const steps = [
      [10, 20],
      [10, 20],
      [11, 26],
      [12, 32],
      [15, 33],
      [30, 33],
      [12, 5],
      [12, 33, true],
    ] as const;
    const limits = steps.map(([took, inFlight, dropped = false]) => limit.update(sample(took, inFlight, dropped)));
    assert.deepEqual(limits, [20, 26, 26, 26, 25, 24, 24, 23]);
  });

  test('looks for the fastest one anew after some time', () => {
    const limit = newVegas();
    limit.update(sample(1, 20));
    // Ten times slower than the fastest one lowers it to the least, until ten times slower is the fastest.
    let lowest = limit.limit;
    for (let count = 0; count < 5000; count++) lowest = Math.min(lowest, limit.update(sample(10, 1000)));
    assert.ok(lowest < 10, `${lowest}`);
    assert.ok(limit.limit > 100, `${limit.limit}`);
  });
});

describe('the second gradient', () => {
  test('follows what requests take beside the long run', () => {
    const limit = newGradient();
    const steps = [
      [10, 20],
      [10, 20],
      [10, 20],
      [40, 22],
      [40, 22],
      [10, 22],
    ] as const;
    const estimates = steps.map(([took, inFlight]) => {
      limit.update(sample(took, inFlight));
      return Number(limit.estimate.toFixed(4));
    });
    assert.deepEqual(estimates, [20.8, 21.6, 22.4, 21.66, 21.7019, 22.5019]);
    assert.equal(limit.update(sample(10, 3)), 22);
    assert.equal(Number(limit.estimate.toFixed(4)), 22.5019);
  });
});

describe("Envoy's gradient", () => {
  const rules = { least: 3, most: 1000, initial: 100, buffer: 0.25 };

  for (const [took, expected] of [
    [10, 136],
    [12.5, 110],
    [20, 70],
    [50, 57],
    [5, 214],
  ] as const) {
    test(`is ${expected} after 100 when 10 ms have become ${took}`, () => {
      const limit = new EnvoyGradientLimit(rules);
      assert.equal(limit.needsMeasuring, true);
      assert.equal(limit.limit, 3);
      limit.measured(10);
      assert.equal(limit.limit, 100);
      assert.equal(limit.update(took), expected);
    });
  }

  test('is measured anew after five windows at the least, and when it is due', () => {
    const limit = new EnvoyGradientLimit({ ...rules, initial: 3 });
    limit.measured(10);
    for (let window = 0; window < 4; window++) assert.equal(limit.update(1000), 3);
    assert.equal(limit.needsMeasuring, false);
    limit.update(1000);
    assert.equal(limit.needsMeasuring, true);
    assert.equal(limit.update(10), 3);
    limit.measured(1000);
    assert.ok(limit.update(1000) > 3);
    limit.forgetMeasured();
    assert.equal(limit.limit, 3);
  });
});

describe('each limit', () => {
  const kinds: readonly (readonly [name: string, make: (initial?: number) => ConcurrencyLimit, least: number, most: number])[] = [
    ['aimd', newAimd, 20, 200],
    ['vegas', newVegas, 1, 1000],
    ['gradient', newGradient, 20, 200],
  ];
  const anything = fc.record({ took: fc.double({ min: 0.01, max: 1e5, noNaN: true }), inFlight: fc.nat(2000), dropped: fc.boolean() });

  for (const [name, make, least, most] of kinds) {
    test(`${name} is a whole number and stays in its range`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 20, max: 200 }), fc.array(anything, { maxLength: 200 }), (initial, samples) => {
          const limit = make(initial);
          for (const each of samples) {
            const now = limit.update(each);
            assert.ok(Number.isInteger(now) && now >= least && now <= most, `${now}`);
            assert.equal(limit.limit, now);
          }
        }),
        { seed: 0x11417, numRuns: 300 },
      );
    });

    test(`${name} never falls while requests take the same and all of it is in use`, () => {
      const limit = make(20);
      let last = limit.limit;
      for (let count = 0; count < 500; count++) {
        const now = limit.update(sample(10, limit.limit));
        assert.ok(now >= last, `${now} after ${last}`);
        last = now;
      }
      assert.ok(last > 100, `${last}`);
    });

    test(`${name} keeps what it has while little of it is in use`, () => {
      const limit = make(100);
      for (let count = 0; count < 500; count++) limit.update(sample(10 + (count % 7), 10));
      assert.equal(limit.limit, 100);
    });
  }

  test('falls when requests take twice as long as before, where it judges by that', () => {
    for (const make of [newVegas, newGradient]) {
      const limit = make(100);
      for (let count = 0; count < 200; count++) limit.update(sample(10, limit.limit));
      const before = limit.limit;
      let lowest = before;
      for (let count = 0; count < 100; count++) lowest = Math.min(lowest, limit.update(sample(20, limit.limit)));
      assert.ok(lowest < before, `${lowest} after ${before}`);
    }
  });
});
