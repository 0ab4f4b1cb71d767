// Known values of the hashes of HAProxy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { avalanche, djb2, sdbm, wt6 } from './haproxy-hashes.ts';

const keys = ['foo', 'bar', 'user-42'];

test('sdbm', () => assert.deepEqual(keys.map(sdbm), [849955110, 815990707, 1916135264]));

test('djb2', () => assert.deepEqual(keys.map(djb2), [193491849, 193487034, 1170314839]));

test('wt6', () => assert.deepEqual(keys.map(wt6), [3349746274, 1414016241, 2573812535]));

test('avalanche', () => {
  assert.deepEqual([0, 1, 2, 4096].map(avalanche), [2874071335, 881230262, 3798448204, 1237450891]);
  assert.deepEqual(
    keys.map((key) => avalanche(sdbm(key))),
    [2735148936, 1156997928, 3809226187],
  );
});

test('bytes are unsigned', () => {
  assert.equal(sdbm('\xff'), 255);
  assert.equal(djb2('\xff'), 5381 * 33 + 255);
  assert.notEqual(wt6('\xff'), wt6('\x7f'));
});

test('the hash of nothing is where each begins', () => {
  assert.deepEqual([sdbm(''), djb2(''), wt6('')], [0, 5381, (0xa53c965a ^ 0x5ca6953a) >>> 0]);
});
