// The limits by known sequences, and what holds for each of them, whatever comes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { milliseconds } from '../../../foundation/basics/units.ts';
import { AimdLimit } from './aimd.ts';
import type { ConcurrencyLimit, Sample } from './concurrency-limit.ts';
import { Gradient2Limit } from './gradient2.ts';

const sample = (took: number, inFlight: number, dropped = false): Sample => ({ took, inFlight, dropped });

const newAimd = (initial = 20): AimdLimit => new AimdLimit({ least: 20, most: 200, initial, slowAfter: milliseconds(5000), backoff: 0.9 });
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

describe('each limit', () => {
  const kinds: readonly (readonly [name: string, make: (initial?: number) => ConcurrencyLimit, least: number, most: number])[] = [
    ['aimd', newAimd, 20, 200],
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
    const limit = newGradient(100);
    for (let count = 0; count < 200; count++) limit.update(sample(10, limit.limit));
    const before = limit.limit;
    let lowest = before;
    for (let count = 0; count < 100; count++) lowest = Math.min(lowest, limit.update(sample(20, limit.limit)));
    assert.ok(lowest < before, `${lowest} after ${before}`);
  });
});
