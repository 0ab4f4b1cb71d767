// Failures are plain data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from './failure.ts';

test('a failure without details is its kind', () => {
  assert.deepEqual(failureOf('no-route'), { kind: 'no-route' });
});
