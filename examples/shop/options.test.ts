import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './options.ts';

test('without words everything is as usual', () => {
  assert.deepEqual(readOptions([]), {
    port: undefined,
    adminPort: undefined,
    perSecond: 20,
    returnsAfter: 8000,
    endAfter: undefined,
    plain: false,
  });
});

test('seconds become milliseconds', () => {
  const options = readOptions(['--seconds', '5', '--restart-after', '2', '--port', '0']);
  assert.deepEqual([options?.endAfter, options?.returnsAfter, options?.port], [5000, 2000, 0]);
});

test('help is no run', () => assert.equal(readOptions(['--help']), undefined));

test('a number out of range is refused with the range', () => {
  assert.throws(() => readOptions(['--port', '70000']), /--port takes a whole number from 0 to 65535, not "70000"/);
  assert.throws(() => readOptions(['--rate', 'fast']), /--rate takes a whole number from 1 to 500, not "fast"/);
});
