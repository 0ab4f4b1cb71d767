// What class a request is of, whatever its client writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { requestClass, requestPriority } from './request-priority.ts';

test('a request is of the class that it says', () => {
  for (const priority of [0, 1, 2]) {
    assert.equal(requestPriority(`A: b\r\nX-Priority:  ${priority} \r\n`, { header: 'x-priority', limits: [9, 5, 1] }), priority);
  }
});

test('without a class that there is, it is of the last one', () => {
  for (const fields of [
    '',
    'X-Priority: 3\r\n',
    'X-Priority: 9\r\n',
    'X-Priority: -1\r\n',
    'X-Priority: 00\r\n',
    'X-Priority:\r\n',
    'Y: 0\r\n',
  ]) {
    assert.equal(requestClass(fields, 'x-priority', 3), 2, fields);
  }
});

test('it is always of one of them', () => {
  const value = fc.stringMatching(/^[\x20-\x7e\x80-\xff]{0,4}$/);
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 8 }), (text, classes) => {
      const found = requestClass(`X: ${text}\r\n`, 'x', classes);
      assert.ok(Number.isInteger(found) && found >= 0 && found < classes);
    }),
    { seed: 0x9a, numRuns: 500 },
  );
});
