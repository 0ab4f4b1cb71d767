// The measure finds what is allocated by each call, and nothing where nothing is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocatedBytes } from './allocated-bytes.ts';

const kept: unknown[] = [];

test('a call that makes an object takes its size', () => {
  const bytes = allocatedBytes((calls) => {
    for (let call = 0; call < calls; call++) kept[0] = { call };
  });
  assert.ok(bytes >= 24 && bytes <= 64, `${bytes}`);
});

test('a call that makes a text takes memory', () => {
  const bytes = allocatedBytes((calls) => {
    for (let call = 0; call < calls; call++) kept[0] = `call ${call}`;
  });
  assert.ok(bytes >= 16, `${bytes}`);
});

test('an object for one call in ten counts as a tenth', () => {
  const bytes = allocatedBytes((calls) => {
    for (let call = 0; call < calls; call++) if (call % 10 === 0) kept[0] = [call];
  });
  assert.ok(bytes >= 2 && bytes <= 10, `${bytes}`);
});

test('a call that only counts takes nothing', () => {
  const counts = new Int32Array(8);
  const bytes = allocatedBytes((calls) => {
    for (let call = 0; call < calls; call++) counts[call & 7] = (counts[call & 7] ?? 0) + 1;
  });
  assert.ok(bytes < 1, `${bytes}`);
});
