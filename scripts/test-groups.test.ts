// Groups of tests: their order, and that no test is left without one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseGroups } from './test-groups.ts';

const files = [
  'test/slow/leak.test.ts',
  'test/chaos/kill.test.ts',
  'test/wire/wire.test.ts',
  'src/a/b.test.ts',
  'src/a/b.property.test.ts',
];

test('groups come quick ones first, and empty ones do not come', () => {
  assert.deepEqual(chooseGroups(files, false), [
    { name: 'unit', files: ['src/a/b.test.ts', 'src/a/b.property.test.ts'], together: 2 },
    { name: 'wire', files: ['test/wire/wire.test.ts'], together: 2 },
    { name: 'chaos', files: ['test/chaos/kill.test.ts'], together: 1 },
  ]);
});

test('slow proofs come only when asked for', () => {
  assert.deepEqual(chooseGroups(files, true).at(-1), { name: 'slow', files: ['test/slow/leak.test.ts'], together: 1 });
});

test('a test in a folder that no group runs is an error', () => {
  assert.throws(() => chooseGroups(['test/elsewhere/a.test.ts'], true), /no group runs test\/elsewhere\/a\.test\.ts/);
});
