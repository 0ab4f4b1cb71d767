import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointChange, stateNameOf } from './endpoint-change.ts';

test('a weight, a state or both are a change', () => {
  for (const change of [
    { weight: 3 },
    { weight: 0 },
    { weight: 0.001 },
    { weight: 1_000_000 },
    { weight: null },
    { state: 'up' },
    { state: 'down', weight: 2 },
  ]) {
    assert.deepEqual(endpointChange.parse(change), change);
  }
});

test('weights have the bounds that they have in the document', () => {
  for (const weight of [-1, 0.0009, 1_000_001, '3', true, {}, [], Number.NaN, Number.POSITIVE_INFINITY]) {
    const read = endpointChange.safeParse({ weight });
    assert.match(read.error?.issues[0]?.message ?? '', /^expected a number from 0.001 to 1000000, or 0 .*, or null /, String(weight));
  }
});

test('what is no change is refused', () => {
  for (const change of [{}, { state: 'gone' }, { state: null }, { wieght: 3 }, { weight: 3, more: 1 }, null, [], 'down', 3]) {
    assert.equal(endpointChange.safeParse(change).success, false, JSON.stringify(change));
  }
});

test('controls have names', () => {
  assert.deepEqual([0, 1, 2].map(stateNameOf), ['up', 'draining', 'down']);
});
