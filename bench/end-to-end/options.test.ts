// The command line of the bench.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './options.ts';

test('without options everything is measured and the page is written', () => {
  const options = readOptions([]);
  assert.equal(options?.rounds, 5);
  assert.equal(options?.write, true);
  assert.deepEqual(options?.balancers, ['nginx', 'haproxy', 'evenkeel']);
});

test('a run that leaves something out does not overwrite the page', () => {
  for (const args of [['--only', 'small'], ['--balancers', 'nginx'], ['--quick'], ['--no-write'], ['--against', '../other']]) {
    assert.equal(readOptions(args)?.write, false, args.join(' '));
  }
});

test('rows keep the order of the table whatever order they are asked for in', () => {
  assert.deepEqual(readOptions(['--only', 'idle, 16k,small'])?.rows, ['small', '16k', 'idle']);
});

test('a row that does not exist is answered with those that do', () => {
  assert.throws(() => readOptions(['--only', 'smal']), /'smal' is not one of: small, 16k/);
});

test('rounds and seconds are whole numbers above zero', () => {
  assert.throws(() => readOptions(['--rounds', '0']), /not a whole number above zero/);
  assert.throws(() => readOptions(['--seconds', '1.5']), /not a whole number above zero/);
});
