// Tables read well as text and are right as markdown.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { left, milliseconds, number, right, table } from './table.ts';

test('columns are as wide as their widest cell, and figures stand on the right', () => {
  const text = table(
    [left('row'), right('µs')],
    [
      ['small', '9.5'],
      ['16k', '1,234'],
    ],
  );
  assert.deepEqual(text.split('\n'), [
    '| row   |    µs |', //
    '| ----- | ----: |',
    '| small |   9.5 |',
    '| 16k   | 1,234 |',
  ]);
});

test('figures show the digits that mean something', () => {
  assert.equal(number(12.34), '12.3');
  assert.equal(number(1234.5), '1,235');
  assert.equal(number(Number.NaN), '–');
  assert.equal(milliseconds(1_234), '1.23');
  assert.equal(milliseconds(12_345), '12.3');
  assert.equal(milliseconds(123_456), '123');
});
