// Estimates of waiting, and what follows for those who would join.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Admission } from './admission.ts';

const taught = (...samples: readonly number[]): Admission => {
  const admission = new Admission();
  for (const sample of samples) admission.learn(sample);
  return admission;
};

describe('an estimate of the wait', () => {
  test('is the queue and oneself, through all places, at the time that serving takes', () => {
    const admission = taught(100);
    assert.equal(admission.wait(0, 1), 100);
    assert.equal(admission.wait(9, 1), 1000);
    assert.equal(admission.wait(9, 4), 250);
    assert.equal(admission.wait(9, 0), 1000);
  });

  test('follows what serving took lately', () => {
    const admission = taught(100, 200);
    assert.equal(admission.service, 102);
    for (let sample = 0; sample < 500; sample++) admission.learn(200);
    assert.ok(Math.abs(admission.service - 200) < 0.01);
  });

  test('gives nobody a place who would be served too late', () => {
    const admission = taught(100);
    assert.equal(admission.hasChance(1000, 3, 2, 1300), true);
    assert.equal(admission.hasChance(1000, 3, 2, 1299), false);
    assert.equal(admission.hasChance(1000, 4, 2, 1300), false);
    assert.equal(new Admission().hasChance(1000, 1_000_000, 1, 1000), true);
  });

  test('is told in whole seconds, at least one and at most an hour', () => {
    const admission = taught(100);
    assert.equal(admission.retryAfter(0, 1), 1);
    assert.equal(admission.retryAfter(9, 1), 1);
    assert.equal(admission.retryAfter(10, 1), 2);
    assert.equal(admission.retryAfter(99, 2), 5);
    assert.equal(admission.retryAfter(1_000_000, 1), 3600);
    assert.equal(new Admission().retryAfter(50, 1), 1);
  });
});
