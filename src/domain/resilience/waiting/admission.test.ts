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

  test('bears one who takes for hours, and follows all the same when all take longer', () => {
    const steady = taught(...new Array<number>(100).fill(10), 3_600_000);
    assert.ok(steady.service < 15 && steady.mostService < 20, `${steady.service}, ${steady.mostService}`);
    for (let sample = 0; sample < 100; sample++) steady.learn(1000);
    assert.ok(steady.service > 500, `${steady.service}`);
  });

  test('takes from those that were broken off only that serving takes long', () => {
    const admission = taught(100);
    admission.learnLonger(1);
    assert.equal(admission.service, 100);
    admission.learnLonger(200);
    assert.equal(admission.service, 102);
    const none = new Admission();
    none.learnLonger(5000);
    assert.equal(none.service, 0);
  });

  test('knows how far from the mean serving takes', () => {
    assert.equal(taught(100).mostService, 100);
    const even = taught(...new Array<number>(1000).fill(100));
    assert.equal(even.mostService, 100);
    const uneven = taught(...Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? 50 : 150)));
    assert.ok(Math.abs(uneven.mostService - 200) < 2, `${uneven.mostService}`);
  });

  test('says how many may be before one who waits for so long', () => {
    const admission = taught(100);
    for (const [time, places] of [
      [0, 1],
      [99, 1],
      [100, 1],
      [1250, 1],
      [1250, 3],
      [500, 0],
    ] as const) {
      const most = admission.mostBefore(time, places);
      assert.equal(admission.wait(most, places) <= time, true);
      assert.equal(admission.wait(most + 1, places) > time, true);
    }
    assert.equal(admission.mostBefore(Number.POSITIVE_INFINITY, 1), Number.POSITIVE_INFINITY);
    assert.equal(new Admission().mostBefore(0, 1), Number.POSITIVE_INFINITY);
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
