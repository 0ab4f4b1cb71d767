// RFC 9110 section 9.2.2.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIdempotent } from './methods.ts';

test('idempotent methods may be repeated', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']) assert.ok(isIdempotent(method), method);
});

test('others may not, and methods are told apart by case', () => {
  for (const method of ['POST', 'PATCH', 'CONNECT', 'get', 'PURGE', '']) assert.ok(!isIdempotent(method), method);
});
