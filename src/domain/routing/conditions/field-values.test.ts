// All values for a name, not the first alone; and no more time for many of them than for one of each.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RequestHead } from '../../http/request-head.ts';
import { fieldReaders, queryValues } from './field-values.ts';

const headOf = (fields: string): RequestHead => ({
  method: 'GET',
  target: '/',
  path: '/',
  host: '',
  minor: 1,
  fields,
  length: 0,
  keepAlive: true,
  upgrade: '',
  expectsContinue: false,
  acceptsTrailers: false,
  hopByHop: [],
  forwarded: undefined,
});

describe('a cookie', () => {
  const cases: readonly (readonly [lines: string, values: string | readonly string[] | undefined])[] = [
    ['Cookie: a=1; b=2\r\n', '1'],
    ['Cookie: a=1; b=2; a=3\r\n', ['1', '3']],
    ['Cookie: a=1\r\nX: y\r\nCookie: b=2;a="3"\r\ncookie: a=\r\n', ['1', '3', '']],
    ['Cookie: A=1; aa=2\r\n', undefined],
    ['X: a=1\r\n', undefined],
  ];
  for (const [lines, values] of cases) {
    test(`of ${JSON.stringify(lines)} has all of its values`, () => assert.deepEqual(fieldReaders.cookie(headOf(lines), 'a'), values));
  }
});

test('a header and a parameter have all of their values', () => {
  assert.deepEqual(fieldReaders.header(headOf('A: 1\r\nB: 2\r\na:3\r\n'), 'a'), ['1', '3']);
  assert.deepEqual(queryValues('/?a=1&b=2&%61=3&a', 'a'), ['1', '3', '']);
});

test('a parameter given a hundred thousand times is read in time', () => {
  const begun = performance.now();
  assert.equal(queryValues(`/?${'a&'.repeat(100_000)}`, 'a')?.length, 100_000);
  // A list copied for each of its values took a minute on the machine on which it was found, and this a twentieth of a second.
  assert.ok(performance.now() - begun < 10_000);
});
