// RFC 9110 sections 9.2.1 and 9.2.2.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIdempotent, isSafe } from './methods.ts';

test('idempotent methods may be repeated', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']) assert.ok(isIdempotent(method), method);
});

test('others may not, and methods are told apart by case', () => {
  for (const method of ['POST', 'PATCH', 'CONNECT', 'get', 'PURGE', '']) assert.ok(!isIdempotent(method), method);
});

test('safe methods ask for nothing but an answer', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) assert.ok(isSafe(method), method);
  for (const method of ['PUT', 'DELETE', 'POST', 'get', '']) assert.ok(!isSafe(method), method);
});
