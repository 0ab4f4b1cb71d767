// What a failure counts: little at first, doubled while it is not enough, and gone with time and good answers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { times } from '../../../../test/support/endpoints.ts';
import { FailurePenalty } from './failure-penalty.ts';

const start = 1_000_000;
const penalty = new FailurePenalty(1000, 10_000);
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-6 * expected, `${actual} instead of ${expected}`);

describe('the penalty for failures', () => {
  test('is nothing without a failure, also after good answers', () => {
    const signals = new Float64Array(16);
    penalty.ease(signals, start);
    assert.equal(penalty.read(signals, start), 0);
    assert.deepEqual(signals, new Float64Array(16));
  });

  test('fades to 1/e in its time', () => {
    const signals = new Float64Array(16);
    penalty.add(signals, 0, start);
    assert.equal(penalty.read(signals, start), 1000);
    assert.equal(penalty.read(signals, start - 5), 1000);
    near(penalty.read(signals, start + 10_000), 1000 / Math.E);
    assert.equal(penalty.read(signals, start + 1_000_000), 0);
  });

  test('is doubled by further failures until it is twice what is picked, and no further', () => {
    const signals = new Float64Array(16);
    const seen = times(8, () => {
      penalty.add(signals, 7000, start);
      return penalty.read(signals, start);
    });
    assert.deepEqual(seen, [1000, 2000, 4000, 8000, 16_000, 16_000, 16_000, 16_000]);
    times(40, () => penalty.add(signals, 1e12, start));
    assert.equal(penalty.read(signals, start), 3_600_000);
  });

  test('is renewed, at least to that of a first failure', () => {
    const signals = new Float64Array(16);
    penalty.add(signals, 1e6, start);
    penalty.add(signals, 1e6, start);
    penalty.add(signals, 50, start + 20_000);
    assert.equal(penalty.read(signals, start + 20_000), 1000);
  });

  test('is halved by 22 good answers, and in the end forgotten', () => {
    const signals = new Float64Array(16);
    penalty.add(signals, 0, start);
    times(22, () => penalty.ease(signals, start));
    assert.ok(Math.abs(penalty.read(signals, start) - 500) < 10);
    times(200, () => penalty.ease(signals, start));
    assert.equal(penalty.read(signals, start), 0);
  });
});
