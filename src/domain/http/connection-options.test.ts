// One option, many options, and none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionBit, connectionOption, namedFields } from './connection-options.ts';

test('usual options are known as they are usually written', () => {
  const { close, keepAlive, upgrade } = connectionBit;
  const written = ['close', 'keep-alive', 'Keep-Alive', 'upgrade', 'Upgrade', 'te', ''];
  assert.deepEqual(written.map(connectionOption), [close, keepAlive, keepAlive, upgrade, upgrade, 0, 0]);
});

test('anything else is a list or a name', () => {
  for (const value of ['CLOSE', 'close, TE', 'x-gone', 'close\xa0']) assert.equal(connectionOption(value), -1);
});

test('a list comes apart into names in small letters', () => {
  assert.deepEqual(namedFields('Close,\tX-Gone \t,,te'), ['close', 'x-gone', '', 'te']);
  assert.deepEqual(namedFields(' \t'), ['']);
});

test('only blanks are taken off: a no-break space is part of a name', () => {
  assert.deepEqual(namedFields('close\xa0, \x85x'), ['close\xa0', '\x85x']);
});
