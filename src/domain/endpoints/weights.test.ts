// Weights as people think of them: by weight, by capacity, or both in one pool.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { firstBackupTier, tiersOf, weightsOf } from './weights.ts';

describe('weights', () => {
  test('are what is written', () => {
    assert.deepEqual(weightsOf([{ weight: 1 }, { weight: 3 }, { weight: 0 }]), [1, 3, 0]);
  });

  test('are the capacities where all have one', () => {
    assert.deepEqual(
      weightsOf([
        { weight: 1, capacity: 400 },
        { weight: 1, capacity: 100 },
      ]),
      [400, 100],
    );
  });

  test('take an endpoint without a capacity for an average one', () => {
    assert.deepEqual(
      weightsOf([{ weight: 1, capacity: 400 }, { weight: 1, capacity: 200 }, { weight: 1 }, { weight: 2 }]),
      [400, 200, 300, 600],
    );
  });

  test('are capacity / total capacity as shares', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 }), (capacities) => {
        const weights = weightsOf(capacities.map((capacity) => ({ weight: 1, capacity })));
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
        weights.forEach((weight, index) => {
          const share = (capacities[index] ?? 0) / sum(capacities);
          assert.ok(Math.abs(weight / sum(weights) - share) <= 1e-12);
        });
      }),
      { seed: 0x5eed, numRuns: 200 },
    );
  });
});

describe('tiers', () => {
  test('are numbered by priority without gaps, backups last', () => {
    const endpoints = [
      { priority: 3, backup: false },
      { priority: 0, backup: false },
      { priority: 0, backup: true },
      { priority: 3, backup: false },
      { priority: 1, backup: true },
    ];
    assert.deepEqual(tiersOf(endpoints), [1, 0, 2, 1, 3]);
    assert.deepEqual(tiersOf([{ priority: 0, backup: true }]), [0]);
    assert.equal(firstBackupTier(endpoints), 2);
    assert.equal(firstBackupTier([{ priority: 0, backup: true }]), 1);
  });
});
