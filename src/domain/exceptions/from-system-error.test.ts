// Codes of the operating system.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectFailure } from './from-system-error.ts';

test('a connection that nobody listens for is refused', () => {
  assert.equal(connectFailure('ECONNREFUSED'), 'connect-refused');
  assert.equal(connectFailure('ENOENT'), 'connect-refused');
});

test('a connection that takes too long has timed out', () => {
  assert.equal(connectFailure('ETIMEDOUT'), 'connect-timeout');
});

test('any other reason, or none, means that the endpoint cannot be reached', () => {
  for (const code of ['EHOSTUNREACH', 'EACCES', 'ENOTFOUND', undefined]) assert.equal(connectFailure(code), 'connect-failed');
});
