// RFC 9110 section 15 and RFC 9112 section 6.3.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsWithHead, reasonPhrase } from './status.ts';

test('statuses of Evenkeel have their phrase, others a plain one', () => {
  assert.equal(reasonPhrase(502), 'Bad Gateway');
  assert.equal(reasonPhrase(299), 'Unknown');
});

test('interim answers, 204 and 304 end with their head', () => {
  assert.deepEqual([100, 103, 199, 200, 204, 205, 206, 304, 404].map(endsWithHead), [
    true,
    true,
    true,
    false,
    true,
    false,
    false,
    true,
    false,
  ]);
});
