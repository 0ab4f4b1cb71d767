// The answers that clients get for failures, as text and as JSON.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFaults } from '../http/parse-fault.ts';
import { catalogue } from './catalogue.ts';
import type { Failure, FailureKind } from './failure.ts';
import { failureResponse } from './failure-response.ts';

// The cast names what the keys of the catalogue are.
const kinds = Object.keys(catalogue) as FailureKind[];

test('an answer names the failure by its kind', () => {
  const body = '{"error":"no-endpoint","message":"The pool has no endpoint that may be picked now."}\n';
  assert.equal(
    failureResponse({ kind: 'no-endpoint' }, '', false),
    'HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nRetry-After: 1\r\n' +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
});

test('who knows better than the catalogue how long to wait says so', () => {
  const lineOf = (failure: Failure): string | undefined => /Retry-After: .*/.exec(failureResponse(failure, '', true))?.[0];
  assert.equal(lineOf({ kind: 'queue-timeout' }), 'Retry-After: 1');
  assert.equal(lineOf({ kind: 'queue-timeout', retryAfter: 17 }), 'Retry-After: 17');
  assert.equal(lineOf({ kind: 'no-route' }), undefined);
  assert.equal(lineOf({ kind: 'no-endpoint', retryAfter: 0 }), undefined);
});

test('an answer to a malformed message says what is malformed', () => {
  const text = failureResponse({ kind: 'malformed-request', fault: 'host-missing' }, 'Connection: close\r\n', false);
  assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(text, /\r\nConnection: close\r\n\r\n/);
  assert.deepEqual(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))), {
    error: 'malformed-request',
    message: catalogue['malformed-request'].meaning,
    fault: 'host-missing',
    detail: parseFaults['host-missing'],
  });
});

test('an answer to HEAD ends with its head', () => {
  const whole = failureResponse({ kind: 'no-route' }, '', false);
  assert.equal(failureResponse({ kind: 'no-route' }, '', true), whole.slice(0, whole.indexOf('\r\n\r\n') + 4));
});

test('every failure has an answer whose length in bytes is the one it says', () => {
  for (const kind of kinds) {
    const bytes = Buffer.from(failureResponse({ kind }, '', false), 'utf8');
    const text = bytes.toString('latin1');
    const [head = '', body = ''] = text.split('\r\n\r\n');
    assert.equal(Number(/Content-Length: (\d+)/.exec(head)?.[1]), body.length, kind);
    assert.equal(head.startsWith(`HTTP/1.1 ${catalogue[kind].status} `), true, kind);
  }
});

test('a failure that clients are told has a reason phrase', () => {
  for (const kind of kinds.filter((kind) => catalogue[kind].status !== 499)) {
    assert.doesNotMatch(failureResponse({ kind }, '', true), /Unknown/, kind);
  }
});
