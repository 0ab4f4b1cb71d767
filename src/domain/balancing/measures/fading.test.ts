// As good as the exponential function.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { leftAfter } from './fading.ts';

describe('what is left', () => {
  test('is e^-x to twelve digits', () => {
    for (let lives = 0; lives < 31.9; lives += 0.000_917) {
      const exact = Math.exp(-lives);
      assert.ok(Math.abs(leftAfter(lives) - exact) < 1e-12 * exact, `${lives}`);
    }
  });

  test('is all at once and nothing in the end', () => {
    assert.equal(leftAfter(0), 1);
    assert.ok(leftAfter(31.999_999) > 0 && leftAfter(31.999_999) < 2e-14);
    assert.deepEqual([32, 33, 1e9, Number.POSITIVE_INFINITY].map(leftAfter), [0, 0, 0, 0]);
  });
});
