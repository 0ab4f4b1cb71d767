// Two drawn and compared, a scan where there are few, and what two choices are known for.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf, policyTools, times } from '../../../../test/support/endpoints.ts';
import type { Random } from '../../../foundation/basics/random.ts';
import { seeded } from '../../../foundation/basics/random.ts';
import type { Candidates } from '../policy.ts';
import { powerOfTwoChoices } from './power-of-two-choices.ts';

const request = { key: undefined, attempt: 0 };

function pickerOf(pool: Candidates, choices: number, random: Random) {
  return powerOfTwoChoices.build(pool, { choices }, policyTools({ random }));
}

function hold(pool: Candidates, loads: readonly number[]): void {
  pool.forEach(({ load }, index) => {
    for (let held = 0; held < (loads[index] ?? 0); held++) load.hold();
  });
}

/** Draws that name the indices of a pool of equal weights, one after the other. */
function drawsOf(count: number, indices: readonly number[]): Random {
  let drawn = 0;
  return () => ((indices[drawn++] ?? 0) + 0.5) / count;
}

/** The most requests at any endpoint after as many picks as there are endpoints, none of which ends. */
function fullestOf(size: number, choices: number, seed: number): number {
  const pool = endpointsOf(times(size, () => 1));
  const picker = pickerOf(pool, choices, seeded(seed));
  for (let pick = 0; pick < size; pick++) picker.pick(request).load.hold();
  return pool.reduce((most, { load }) => Math.max(most, load.inFlight), 0);
}

describe('power-of-two-choices', () => {
  test('picks the less busy of two drawn ones, whichever is drawn first', () => {
    const pool = endpointsOf(times(10, () => 1));
    hold(pool, [3, 2, 0]);
    const picker = pickerOf(pool, 2, drawsOf(10, [0, 1, 1, 0, 0, 0]));
    assert.equal(picker.pick(request), pool[1]);
    assert.equal(picker.pick(request), pool[1]);
    assert.equal(picker.pick(request), pool[0]);
  });

  test('picks the first drawn of two that are as busy', () => {
    const pool = endpointsOf(times(10, () => 1));
    const picker = pickerOf(pool, 2, drawsOf(10, [7, 2]));
    assert.equal(picker.pick(request), pool[7]);
  });

  test('draws as many as it is told to', () => {
    const pool = endpointsOf(times(10, () => 1));
    hold(pool, [9, 8, 7, 6, 0, 0, 0, 0, 0, 0]);
    const picker = pickerOf(pool, 4, drawsOf(10, [0, 2, 3, 1, 4, 5]));
    assert.equal(picker.pick(request), pool[3]);
  });

  for (const [size, choices] of [
    [2, 2],
    [4, 2],
    [6, 6],
  ] as const) {
    test(`always finds the least busy of ${size} with ${choices} choices`, () => {
      const pool = endpointsOf(times(size, () => 1));
      hold(
        pool,
        times(size, (index) => (index === size - 1 ? 1 : 2)),
      );
      const picker = pickerOf(pool, choices, seeded(1));
      for (const picked of times(100, () => picker.pick(request))) assert.equal(picked, pool[size - 1]);
    });
  }

  test('keeps the fullest of 10,000 endpoints at 3 or 4 with two choices, and at 3 with three', () => {
    // Balls into bins: ln ln n / ln d + O(1), where a single draw leaves 6 to 9 somewhere.
    const two = fullestOf(10_000, 2, 1);
    assert.ok(two === 3 || two === 4, `${two}`);
    assert.equal(fullestOf(10_000, 3, 2), 3);
  });

  test('holds about the weights when nothing ends', () => {
    const weights = times(50, (index) => 1 + (index % 5));
    const pool = endpointsOf(weights);
    const picker = pickerOf(pool, 2, seeded(4));
    for (let pick = 0; pick < 150 * 40; pick++) picker.pick(request).load.hold();
    // One draw alone would leave some of them 20 or more away from 40 for each unit of weight.
    for (const { load, weight } of pool) assert.ok(Math.abs(load.inFlight / weight - 40) < 5, `${load.inFlight} for weight ${weight}`);
  });
});
